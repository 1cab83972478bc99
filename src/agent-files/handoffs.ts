import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { FieldPath } from './front-matter.ts';

/** The agents that may go on with a call. */
export const handoffsSchema = z
  .array(
    z.strictObject({
      agent: z.string().min(1).describe('Name of the other agent: of its file, without `.md`.'),
      when: z.string().min(1).describe('When it is to go on with the call, for the model.'),
    }),
  )
  .default([])
  .describe('Agents to which the tool `hand-off` may give the conversation.');

type Found = { path: FieldPath; message: string };

/** Mistakes between `handoffs` and the rest: agents that are not there, a tool that is missing, a script that names others. */
export function checkHandoffs(
  handoffs: z.output<typeof handoffsSchema> | undefined,
  about: {
    tools: readonly string[] | undefined;
    /** Names of all agents; any when absent. */
    agents: readonly string[] | undefined;
    self: string | undefined;
    /** Of the tasks of the script that use the tool: what they give it. */
    tasks: readonly { index: number; tool?: string | undefined; args?: Record<string, string> | undefined }[];
  },
): Found[] {
  if (!handoffs) return [];
  const { tools, agents, self, tasks } = about;
  const names = handoffs.map(({ agent }) => agent);
  const found = handoffs.flatMap(({ agent }, index): Found[] => {
    const path = ['handoffs', index, 'agent'];
    if (names.indexOf(agent) !== index) return [{ path, message: `"${agent}" is there twice; once is enough` }];
    if (agent === self) return [{ path, message: 'is this agent itself; name another one' }];
    if (!agents || agents.includes(agent)) return [];
    const meant = didYouMean(agent, agents);
    const cure = meant ? `did you mean \`${meant}\`?` : `there are ${agents.join(', ')}`;
    return [{ path, message: `there is no agent "${agent}"; ${cure}` }];
  });
  const uses = tools?.includes('hand-off') ?? false;
  if (uses && names.length === 0)
    found.push({ path: ['tools'], message: 'has `hand-off`, but `handoffs` names no agent' });
  if (tools && !uses && names.length > 0)
    found.push({ path: ['handoffs'], message: 'is of no use without the tool `hand-off`; add it to `tools`' });
  for (const { index, tool, args } of tasks) {
    const named = args?.['agent'];
    if (tool !== 'hand-off' || (named !== undefined && names.includes(named))) continue;
    const path = ['script', 'tasks', index, ...(args ? ['args', 'agent'] : ['args'])];
    found.push({ path, message: `has to name one of the \`handoffs\` as \`agent\`: ${names.join(', ')}` });
  }
  return found;
}
