import type { llm, voice } from '@livekit/agents';
import type { Ownership } from '../../call/ownership.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { CallAgent } from '../call-agent.ts';
import type { CallProcessDependencies } from '../../dependencies.ts';
import type { ToolContext } from './call-tool.ts';
import { toolNamesOf, toolsOf } from './call-tools.ts';
import { AwaitedAnswers } from './awaited-answers.ts';
import { LateAnswers } from './late-answers.ts';
import { OwnTools } from './own-tools.ts';
import type { ServedTool } from './served-tools.ts';

/** Everything the model of one call can do, and the answers that come when nobody waits for them any more. */
export type AssembledTools = {
  tools: llm.ToolContextLike;
  /** The conversation begins; `resumed`: another session had the call before. */
  attach(session: voice.AgentSession, agent: CallAgent, of: { resumed: boolean }): void;
  /** An answer that was promised for later may be there. */
  lookForAnswers(): void;
  stop(): void;
};

export function assembleTools({
  context,
  served,
  variables,
  deps,
  ownership,
  record,
  say,
}: {
  context: Omit<ToolContext, 'messages' | 'doNotCall'>;
  /** Tools of MCP servers. */
  served: readonly ServedTool[];
  variables: Readonly<Record<string, string>>;
  deps: Pick<CallProcessDependencies, 'messages' | 'doNotCall' | 'tools' | 'doubledTools'>;
  ownership: Pick<Ownership, 'epoch' | 'held'>;
  record: Pick<CallLog, 'change'>;
  /** Speaks what was made sound before. */
  say: (text: string) => void;
}): AssembledTools {
  const { call, agent, log } = context;
  const { epoch } = ownership;
  const told = (runId: string) =>
    void record.change(() => deps.tools.runs.told(runId, { epoch })).catch(() => undefined);
  const late = new LateAnswers({ told, log });
  const { runs } = deps.tools;
  const awaited = new AwaitedAnswers({ callId: call.id, runs, late, log });
  const own = new OwnTools({ call, agent, variables, means: deps.tools, ownership, record, late, awaited, say, log });
  const tools = toolsOf({
    names: toolNamesOf(agent, call),
    own: own.tools(served),
    context: { ...context, messages: deps.messages, doNotCall: deps.doNotCall },
    log,
  });
  return {
    tools: deps.doubledTools?.(tools) ?? tools,
    attach(session, callAgent, { resumed }) {
      late.attach(session, callAgent);
      if (!resumed) return;
      awaited.restore().catch((error: unknown) => log('warn', 'what tools did before cannot be looked up', { error }));
    },
    lookForAnswers: () => awaited.look(),
    stop: () => awaited.stop(),
  };
}
