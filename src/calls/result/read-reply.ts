import { z } from 'zod';
import { type ResultField, resultFields, type ResultSettings, valueOf } from '../../agent-files/result.ts';
import type { Turn } from '../call.ts';
import { type FieldResult, type Findings, notSaid, nothingFound, saidIn, sentiments } from './call-result.ts';

/** What fits of a model's answer, and what does not: `refused` names it, `problems` say it to the model. */
export type Reading = { findings: Findings; problems: string[] };

/** A number of a turn; some models write it as a text. */
const turnNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
]);
const answer = z.looseObject({ fields: z.record(z.string(), z.unknown()).optional() });
const entry = z.looseObject({ value: z.unknown().optional(), turn: z.unknown().optional() });
const text = z.string().trim().min(1).max(4_000);
const extras = { summary: text, success: z.boolean(), sentiment: z.enum(sentiments) };

/** Reads a model's answer by the form. Nothing of it is taken that does not fit, and no value without the turn it rests on. */
export function readReply(reply: string, settings: ResultSettings, turns: readonly Turn[]): Reading {
  const fields = resultFields(settings);
  const found = nothingFound(fields);
  const parsed = answer.safeParse(jsonIn(reply));
  if (!parsed.success) {
    const wanted = [...fields.map(({ name }) => name), ...extrasOf(settings)];
    return { findings: { ...found, refused: wanted }, problems: ['it is not one JSON object'] };
  }
  const problems: string[] = [];
  const refuse = (name: string, why: string) => {
    problems.push(`${name}: ${why}`);
    found.refused.push(name);
  };
  for (const field of fields) {
    const read = readField(field, parsed.data.fields?.[field.name], turns);
    if (typeof read === 'string') refuse(`fields.${field.name}`, read);
    else found.fields[field.name] = read;
  }
  for (const name of extrasOf(settings)) {
    const read = extras[name].nullable().safeParse(parsed.data[name]);
    if (read.success) Object.assign(found, { [name]: read.data });
    else refuse(name, messageOf(read.error));
  }
  if (found.success !== null) found.success_reason = text.safeParse(parsed.data['success_reason']).data ?? null;
  found.refused = found.refused.map((name) => name.replace(/^fields\./, ''));
  return { findings: found, problems };
}

function extrasOf({ summary, success, sentiment }: ResultSettings): (keyof typeof extras)[] {
  return [
    ...(summary ? (['summary'] as const) : []),
    ...(success !== undefined ? (['success'] as const) : []),
    ...(sentiment ? (['sentiment'] as const) : []),
  ];
}

/** The field, or what is wrong with it. */
function readField(field: ResultField, given: unknown, turns: readonly Turn[]): FieldResult | string {
  if (given === null) return notSaid(field);
  const read = entry.safeParse(given);
  if (!read.success || !('value' in read.data)) return 'must be {"value": …, "turn": …}';
  if (read.data.value === null) return notSaid(field);
  const value = valueOf(field).safeParse(read.data.value);
  if (!value.success) return messageOf(value.error);
  const number = turnNumber.safeParse(read.data.turn).data;
  const turn = turns.find(({ index }) => index === number);
  return turn ? saidIn(field, value.data, turn) : 'turn must be the number of a turn of the transcript';
}

function messageOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');
}

/** The JSON object in an answer; models think aloud before it and put it into fences. */
function jsonIn(reply: string): unknown {
  const said = reply.slice(reply.lastIndexOf('</think>') + 1);
  const from = said.indexOf('{');
  const to = said.lastIndexOf('}');
  try {
    return JSON.parse(said.slice(from, to + 1));
  } catch {
    return undefined;
  }
}
