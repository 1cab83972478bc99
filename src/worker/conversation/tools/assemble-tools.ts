import { setTimeout as sleep } from 'node:timers/promises';
import type { llm, voice } from '@livekit/agents';
import type { HandOffs } from '../handoff/hand-offs.ts';
import type { Ownership } from '../../call/ownership.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { ToldOutcome } from '../../../calls/tools/tool-outcome.ts';
import { Asking } from '../asking/asking.ts';
import type { CallAgent } from '../call-agent.ts';
import type { CallProcessDependencies } from '../../dependencies.ts';
import type { Holder } from '../handoff/hand-offs.ts';
import type { ToolContext } from './call-tool.ts';
import { toolNamesOf, toolsOf } from './call-tools.ts';
import { AwaitedAnswers } from './awaited-answers.ts';
import { LateAnswers } from './late-answers.ts';
import { OwnTools } from './own-tools.ts';
import { type ServedTool, servedTools } from './served-tools.ts';

/** Everything the model of one call can do, and the answers that come when nobody waits for them any more. */
export type AssembledTools = {
  tools: llm.ToolContextLike;
  /** The same for another agent that goes on with the call. */
  toolsFor(holder: Holder): Promise<llm.ToolContextLike>;
  /** The conversation begins; `resumed`: another session had the call before. */
  attach(session: voice.AgentSession, agent: CallAgent, of: { resumed: boolean }): void;
  /** An answer that was promised for later may be there. */
  lookForAnswers(): void;
  stop(): void;
};

/** What a colleague is told that gets a conversation. */
const handedOff =
  'You have this conversation now, and the caller was not told. Do not greet and do not introduce yourself: go on with what the caller wants.';

export function assembleTools({
  context,
  served,
  variables,
  deps,
  ownership,
  record,
  handOffs,
  pauseRecording,
  say,
}: {
  context: Omit<ToolContext, 'messages' | 'doNotCall' | 'handOff' | 'scheduleCallback' | 'askFor'>;
  /** Tools of MCP servers. */
  served: readonly ServedTool[];
  variables: Readonly<Record<string, string>>;
  deps: Pick<CallProcessDependencies, 'messages' | 'doNotCall' | 'tools' | 'doubledTools'>;
  ownership: Pick<Ownership, 'epoch' | 'held'>;
  record: Pick<CallLog, 'add' | 'change'>;
  /** Keeps the caller's sound out of the recording, until the function that it returns is called. */
  pauseRecording: () => () => void;
  /** Gives the conversation to another agent. */
  handOffs: () => Pick<HandOffs, 'to'>;
  /** Speaks what was made sound before. */
  say: (text: string) => void;
}): AssembledTools {
  const { call, log } = context;
  const { epoch } = ownership;
  const told = (runId: string) =>
    void record.change(() => deps.tools.runs.told(runId, { epoch })).catch(() => undefined);
  const late = new LateAnswers({ told, log });
  const { runs } = deps.tools;
  const awaited = new AwaitedAnswers({ callId: call.id, runs, late, log });
  const asking = new Asking({ pauseRecording, record, log, pause: pauseFor });
  const handOff = async (name: string, question: llm.FunctionCall) => {
    await handOffs().to(name);
    late.interrupted(question, { runId: question.callId, told: { outcome: 'done', note: handedOff }, isError: false });
  };
  const assemble = (holder: Holder, ofServers: readonly ServedTool[]): llm.ToolContextLike => {
    const parts = { ...holder, means: deps.tools, ownership, record, late, awaited, asking, say, log };
    const own = new OwnTools(parts);
    const { messages, doNotCall } = deps;
    const scheduleCallback: ToolContext['scheduleCallback'] = (said, options) => own.scheduleCallback(said, options);
    const askFor = (name: string, question: llm.FunctionCall) => {
      const asked = asking.slot(name, holder);
      const tell = (told: ToldOutcome) =>
        late.interrupted(question, { runId: question.callId, told, isError: told.outcome !== 'done' });
      void asking.ask(asked, holder).then(tell);
    };
    const tools = toolsOf({
      names: toolNamesOf(holder.agent, call),
      own: own.tools(ofServers),
      context: { ...context, ...holder, messages, doNotCall, handOff, scheduleCallback, askFor },
      log,
    });
    return deps.doubledTools?.(tools) ?? tools;
  };
  return {
    tools: assemble({ call, agent: context.agent, variables }, served),
    toolsFor: async (holder) => assemble(holder, await servedTools(holder.agent, deps.tools.mcp)),
    attach(session, callAgent, { resumed }) {
      late.attach(session, callAgent);
      asking.attach(session, callAgent);
      if (!resumed) return;
      awaited.restore().catch((error: unknown) => log('warn', 'what tools did before cannot be looked up', { error }));
    },
    lookForAnswers: () => awaited.look(),
    stop: () => awaited.stop(),
  };
}

async function pauseFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { ...(signal && { signal }), ref: false }).catch(() => undefined);
}
