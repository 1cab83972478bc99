import { z } from 'zod';
import { resultFields, resultSchema } from './result.ts';

/** What an agent is told of earlier calls of the same number. */
export const remembersSchema = z.strictObject({
  calls: z.number().int().min(1).max(10).default(3).describe('The number of earlier calls whose results are used.'),
  days: z.number().int().min(1).max(3650).default(180).describe('How many days ago a call may have been.'),
});

/** Variables of an agent that remembers: all of it as a text, and each field of its own `result` as it was said last. */
export function rememberedVariables(agent: { remembers?: unknown; result?: unknown }): string[] {
  if (agent.remembers === undefined) return [];
  const result = agent.result === undefined ? undefined : resultSchema.safeParse(agent.result).data;
  return ['remembered', ...(result ? resultFields(result).map(({ name }) => `remembered_${name}`) : [])];
}
