import type { Script } from '../../pipelines/index.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FieldPath } from './front-matter.ts';
import { type ResultSettings, resultSchema } from './result.ts';

type Found = { path: FieldPath; message: string };

/** What a slot of a kind can fill. Days and times are kept in the caller's words, such as "next Thursday". */
const fills: Record<Script['tasks'][number]['slots'][number]['kind'], readonly string[]> = {
  name: ['text'],
  phone: ['text'],
  number: ['number'],
  date: ['text'],
  time: ['text'],
  yes_no: ['yes_no'],
  choice: ['choice', 'text'],
  text: ['text'],
};

/** Mistakes between `result` and the rest of the file: slots and models that are not there. */
export function checkResult(
  value: unknown,
  about: { script: Script | undefined; models: readonly string[] | undefined },
): Found[] {
  const result = value === undefined ? undefined : resultSchema.safeParse(value).data;
  if (!result) return [];
  const twice = Object.keys((result.schema?.['properties'] ?? {}) as object).filter((name) => name in result.fields);
  return [
    ...twice.map((name) => ({ path: ['result', 'fields', name], message: `"${name}" is in \`schema\` as well` })),
    ...Object.entries(result.fields).flatMap(([name, field]) => checkSlot(name, field, about.script)),
    ...checkModel(result.llm, about.models),
  ];
}

function checkSlot(name: string, field: ResultSettings['fields'][string], script: Script | undefined): Found[] {
  if (typeof field === 'string' || field.slot === undefined) return [];
  const path = ['result', 'fields', name, 'slot'];
  const slots = (script?.tasks ?? []).flatMap((task) =>
    task.slots.map(({ id, kind }) => ({ kind, name: `${task.id}.${id}` })),
  );
  const slot = slots.find((each) => each.name === field.slot);
  if (slot && fills[slot.kind].includes(field.type)) return [];
  if (slot)
    return [{ path, message: `holds a ${slot.kind}, which fills a field of type ${fills[slot.kind].join(' or ')}` }];
  const names = slots.map((each) => each.name);
  const meant = didYouMean(field.slot, names);
  const cure = meant
    ? `did you mean \`${meant}\`?`
    : names.length > 0
      ? `there are ${names.join(', ')}`
      : 'it has none';
  return [{ path, message: `the script has no slot "${field.slot}"; ${cure}` }];
}

function checkModel(llm: ResultSettings['llm'], models: readonly string[] | undefined): Found[] {
  if (llm === undefined || !models) return [];
  const provider = typeof llm === 'string' ? llm : llm.provider;
  if (models.includes(provider)) return [];
  const path = typeof llm === 'string' ? ['result', 'llm'] : ['result', 'llm', 'provider'];
  const meant = didYouMean(provider, models);
  const cure = meant ? `did you mean \`${meant}\`?` : `there are ${models.join(', ')}`;
  return [{ path, message: `there is no model "${provider}" that answers after a call; ${cure}` }];
}
