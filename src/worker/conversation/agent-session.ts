import { type ipc, llm, voice } from '@livekit/agents';
import type { Agent } from '../../agent-files/agent.ts';
import { renderVariables, variablesIn } from '../../agent-files/render-variables.ts';
import type { Call, Turn } from '../../calls/call.ts';
import type { Log } from '../../telemetry/logger.ts';
import { backchannelsOf, guardBackchannels } from './backchannel-guard.ts';
import { CallAgent } from './call-agent.ts';
import type { CallMedia } from '../sound/call-media.ts';
import type { CallPipeline } from '../dependencies.ts';
import { sessionOptions } from './sdk-pins.ts';

/** The values of `{{…}}` in a call: those it was given, over the agent's own. */
export function variablesOf(agent: Agent, call: Call): Record<string, string> {
  const defaults = Object.entries(agent.variables).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...Object.fromEntries(defaults), ...call.variables };
}

/** A text of the agent as it is meant; a name that has no value is left out, rather than spoken in braces. */
export function filled(text: string, variables: Readonly<Record<string, string>>): string {
  const nothing = Object.fromEntries(variablesIn(text).map((name) => [name, '']));
  return renderVariables(text, { ...nothing, ...variables });
}

/** What a model is told about the language of a call. Prompts are often written in English; calls need not be held in it. */
function languageRule(language: string): string {
  const [tongue = ''] = language.toLowerCase().split('-');
  if (tongue === 'en') return '';
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
  return `The call is held in ${name}. Whatever language these instructions are in, speak ${name}.`;
}

/**
 * The SDK's session of one call, not started. It has no room of its own: sound goes through `media`, and everything else
 * that the SDK would put into the room is either not wanted or done by the files beside this one.
 */
export function createAgentSession(request: {
  call: Call;
  agent: Agent;
  variables: Record<string, string>;
  pipeline: CallPipeline;
  executor: ipc.InferenceExecutor | undefined;
  tools: llm.ToolContextLike;
  media: CallMedia;
  /** What was said before another process took over. */
  earlier: readonly Turn[];
  log: Log;
}): { session: voice.AgentSession; callAgent: CallAgent } {
  const { call, agent, variables, pipeline, executor, tools, media, earlier, log } = request;
  const chatCtx = llm.ChatContext.empty();
  for (const { role, text } of earlier)
    chatCtx.addMessage({ role: role === 'caller' ? 'user' : 'assistant', content: text });
  const instructions = [agent.prompt, call.playbook ?? '', languageRule(agent.language)]
    .map((part) => filled(part, variables).trim())
    .filter(Boolean)
    .join('\n\n');
  const session = new voice.AgentSession(sessionOptions({ pipeline, turn: agent.turn, executor }));
  session.input.audio = media.input;
  session.output.audio = media.output;
  // The SDK's class for the agent's words is not exported; it calls no more than what `SpokenText` has.
  session.output.transcription = media.words as unknown as typeof session.output.transcription;
  const isForTheAgent = guardBackchannels({
    session,
    output: media.output,
    words: backchannelsOf(agent.language, agent.turn.backchannels),
    log,
  });
  return { session, callAgent: new CallAgent({ instructions, tools, chatCtx, isForTheAgent }) };
}
