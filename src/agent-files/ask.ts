import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { FieldPath } from './front-matter.ts';

const count = z.number().int().min(1).max(32);

/** What an agent may ask for that is made of digits, and how it may be given. */
export const askSchema = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and underscores, beginning with a letter')
        .describe('Its name, for the model and as {{name}} in requests of tools.'),
      about: z.string().min(1).describe('What it is and when it is asked for, for the model.'),
      say: z.string().min(1).max(300).describe('Spoken word for word to ask for it. May hold {{variables}}.'),
      again: z.string().min(1).max(300).optional().describe('Spoken once when it was not understood.'),
      digits: z
        .union([count, z.strictObject({ min: count, max: count })])
        .describe('How many digits it has: a number, or from `min` to `max`.'),
      by: z.enum(['keys', 'voice', 'both']).default('both').describe('How it may be given.'),
      ends_with: z.enum(['#', '*', 'none']).default('#').describe('The key that ends it early.'),
      timeout_seconds: z
        .number()
        .min(2)
        .max(12)
        .default(6)
        .describe('Silence after the question, or the last digit, that ends it.'),
      secret: z.boolean().default(false).describe('Whether it is kept out of everything but requests of tools.'),
    }),
  )
  .max(20)
  .default([])
  .describe('What the tool `ask-for` may ask for: digits, by keys or by voice.');

export type Asked = z.output<typeof askSchema>[number];

/** How many digits are asked for. */
export function digitsOf({ digits }: Pick<Asked, 'digits'>): { min: number; max: number } {
  return typeof digits === 'number' ? { min: digits, max: digits } : digits;
}

type Found = { path: FieldPath; message: string };

/** Mistakes between `ask` and the rest: names that mean two things, a tool that is missing. */
export function checkAsk(
  asked: readonly Asked[] | undefined,
  { tools, variables }: { tools: readonly string[] | undefined; variables: readonly string[] },
): Found[] {
  if (!asked) return [];
  const names = asked.map(({ name }) => name);
  const found = asked.flatMap((each, index): Found[] => {
    const path = ['ask', index];
    const { min, max } = digitsOf(each);
    const range =
      min > max ? [{ path: [...path, 'digits'], message: `has ${min} as \`min\` and ${max} as \`max\`` }] : [];
    if (names.indexOf(each.name) !== index)
      return [...range, { path: [...path, 'name'], message: `"${each.name}" is there twice; names are unique` }];
    if (!variables.includes(each.name)) return range;
    const message = `is the name of a variable too; {{${each.name}}} would mean both: give one of them another name`;
    return [...range, { path: [...path, 'name'], message }];
  });
  const uses = tools?.includes('ask-for') ?? false;
  if (uses && names.length === 0) found.push({ path: ['tools'], message: 'has `ask-for`, but `ask` names nothing' });
  if (tools && !uses && names.length > 0) {
    const meant = didYouMean('ask-for', tools);
    const cure = meant ? `did you mean \`ask-for\` by \`${meant}\`?` : 'add it to `tools`';
    found.push({ path: ['ask'], message: `is of no use without the tool \`ask-for\`; ${cure}` });
  }
  return found;
}
