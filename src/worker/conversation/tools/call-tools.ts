import type { llm } from '@livekit/agents';
import type { Agent } from '../../../agent-files/agent.ts';
import type { Call } from '../../../calls/call.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallTool, ToolContext } from './call-tool.ts';
import { doNotCall } from './do-not-call.ts';
import { endCall } from './end-call.ts';
import { takeMessage } from './take-message.ts';
import { transferCall } from './transfer-call.ts';

/** Every tool an agent file may name, one file each in `tools/`. */
const callTools = {
  'do-not-call': doNotCall,
  'end-call': endCall,
  'take-message': takeMessage,
  'transfer-call': transferCall,
} as const satisfies Record<string, CallTool>;

/** For checking agent files. */
export const callToolNames: readonly string[] = Object.keys(callTools);

/** As language models know them: many turn a hyphen into an underscore whatever they were told. */
function wireName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Whoever is called may say that they do not want to be, so agents have this tool in every call they place. */
export function toolNamesOf(agent: Pick<Agent, 'tools'>, { direction }: Pick<Call, 'direction'>): readonly string[] {
  return direction === 'outbound' ? [...new Set([...agent.tools, 'do-not-call'])] : agent.tools;
}

/** The tools of one call, by their names on the wire. A name without a tool is left out, and logged. */
export function toolsOf({ names, context, log }: { names: readonly string[]; context: ToolContext; log: Log }) {
  const known = Object.entries<CallTool>(callTools).filter(([name]) => names.includes(name));
  const unknown = names.filter((name) => !callToolNames.includes(name));
  if (unknown.length > 0) log('warn', 'the agent names tools that do not exist', { unknown, known: callToolNames });
  return Object.fromEntries(
    known.map(([name, create]) => [wireName(name), create(context)]),
  ) satisfies llm.ToolContextLike;
}
