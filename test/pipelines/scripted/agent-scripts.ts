import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Script, scriptSchema } from '../../../pipelines/scripted/script.ts';
import { createScriptedBrain, type ScriptedBrain } from '../../../pipelines/scripted/create-scripted-brain.ts';
import type { Reaches } from '../../../pipelines/scripted/reaches.ts';
import type { HistoryItem } from '../../../pipelines/scripted/replay.ts';

export type ScriptedAgent = {
  name: string;
  brain: ScriptedBrain;
  script: Script;
  variables: Record<string, string>;
  greeting: string;
  reaches: Reaches;
};

const given: Record<string, string> = { name: 'Sara Connor', appointment: 'Tuesday the fifth of May at ten' };

/** One of the agents of this repository, ready to talk. */
export async function scriptedAgent(name: string, transfers: Reaches['transfers'] = []): Promise<ScriptedAgent> {
  const reaches = { transfers, callNumber: '+14155550100' };
  const text = await readFile(join(import.meta.dirname, '../../../agents', `${name}.md`), 'utf8');
  const fields = parse(text.split(/^---$/m)[1] ?? '') as Record<string, unknown>;
  const script = scriptSchema.parse(fields['script']);
  const defaults = fields['variables'] as Record<string, string | null>;
  const variables = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, value ?? given[key] ?? '']),
  );
  const greeting = String(fields['greeting']).replace(/\{\{(\w+)\}\}/g, (_, key: string) => variables[key] ?? '');
  return { name, brain: createScriptedBrain(script, variables, reaches), script, variables, greeting, reaches };
}

export type Line = { text: string; tool?: string; args?: Record<string, unknown>; ended?: boolean };

/**
 * Holds a whole conversation as the program does: tools are run and their results given back. Returns what the agent said
 * and called for each utterance.
 */
export function converse(
  agent: ScriptedAgent,
  utterances: readonly string[],
  fails: readonly string[] = [],
  history: HistoryItem[] = [{ type: 'agent', text: agent.greeting }],
): Line[] {
  return utterances.map((utterance) => {
    history.push({ type: 'caller', text: utterance });
    const line: Line = { text: '' };
    for (let step = 0; step < 4; step++) {
      const { text, toolCall } = agent.brain.reply(history);
      line.text = `${line.text} ${text}`.trim();
      if (text !== '') history.push({ type: 'agent', text });
      if (!toolCall) break;
      history.push({ type: 'call', tool: toolCall.tool });
      if (toolCall.tool === 'end-call') return { ...line, tool: line.tool ?? 'end-call', ended: true };
      Object.assign(line, toolCall);
      history.push({ type: 'result', tool: toolCall.tool, outcome: fails.includes(toolCall.tool) ? 'failed' : 'done' });
    }
    return line;
  });
}
