import type { llm } from '@livekit/agents';
import type { z } from 'zod';
import type { ToolArguments } from '../../../agent-files/check-script-tools.ts';
import type { Agent } from '../../../agent-files/agent.ts';
import { builtInTools } from '../../../agent-files/tools/agent-tools.ts';
import type { Call } from '../../../calls/call.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallTool, ToolContext } from './call-tool.ts';
import { askFor } from './ask-for.ts';
import { doNotCall, doNotCallParameters } from './do-not-call.ts';
import { endCall } from './end-call.ts';
import { handOff } from './hand-off.ts';
import { pressKeys, pressKeysParameters } from './press-keys.ts';
import { scheduleCallback, scheduleCallbackParameters } from './schedule-callback.ts';
import { takeMessage, takeMessageParameters } from './take-message.ts';
import { transferCall } from './transfer-call.ts';

/** Every tool an agent file may name, one file each in `tools/`. */
const callTools = {
  'ask-for': askFor,
  'do-not-call': doNotCall,
  'end-call': endCall,
  'hand-off': handOff,
  'press-keys': pressKeys,
  'schedule-callback': scheduleCallback,
  'take-message': takeMessage,
  'transfer-call': transferCall,
} as const satisfies Record<string, CallTool>;

/** For checking agent files. */
export const callToolNames: readonly string[] = Object.keys(callTools);

function argumentsOf({ shape }: z.ZodObject): ToolArguments {
  const names = Object.keys(shape);
  return { names, required: names.filter((name) => !shape[name]?.safeParse(undefined).success) };
}

/** What each takes, for checking scripts. The destinations of a transfer are those of the agent. */
export const callToolArguments: Readonly<Record<keyof typeof callTools, ToolArguments>> = {
  'ask-for': { names: ['name'], required: ['name'] },
  'do-not-call': argumentsOf(doNotCallParameters),
  'end-call': { names: [], required: [] },
  'hand-off': { names: ['agent'], required: ['agent'] },
  'press-keys': argumentsOf(pressKeysParameters),
  'schedule-callback': argumentsOf(scheduleCallbackParameters),
  'take-message': argumentsOf(takeMessageParameters),
  'transfer-call': { names: ['destination', 'summary'], required: ['destination'] },
};

/** As language models know them: many turn a hyphen into an underscore whatever they were told. */
function wireName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Whoever is called may say that they do not want to be, so agents have this tool in every call they place. */
export function toolNamesOf(agent: Pick<Agent, 'tools'>, { direction }: Pick<Call, 'direction'>): readonly string[] {
  const named = builtInTools(agent);
  return direction === 'outbound' ? [...new Set([...named, 'do-not-call'])] : named;
}

/**
 * The tools of one call, by their names on the wire: those of this program that are named, and the agent's own. A name without a
 * tool is left out, and logged.
 */
export function toolsOf({
  names,
  own = [],
  context,
  log,
}: {
  names: readonly string[];
  own?: readonly (readonly [name: string, tool: ReturnType<CallTool>])[];
  context: ToolContext;
  log: Log;
}) {
  const known = Object.entries<CallTool>(callTools).filter(([name]) => names.includes(name));
  const unknown = names.filter((name) => !callToolNames.includes(name));
  if (unknown.length > 0) log('warn', 'the agent names tools that do not exist', { unknown, known: callToolNames });
  return Object.fromEntries(
    [...own, ...known.map(([name, create]) => [name, create(context)] as const)].map(([name, tool]) => [
      wireName(name),
      tool,
    ]),
  ) satisfies llm.ToolContextLike;
}
