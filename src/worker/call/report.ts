import type { Agent } from '../../agent-files/agent.ts';
import { latencySummary } from '../../calls/end/latency-summary.ts';
import type { CallPipeline } from '../dependencies.ts';
import type { Observed } from '../conversation/observe.ts';

/** What is kept with a call when its session is over: the same facts as its turns and events, in one piece for whoever reads only the end. */
export function sessionReport(facts: {
  agent: Agent;
  pipeline: CallPipeline | undefined;
  observed: Pick<Observed, 'turns' | 'toolCalls'> | undefined;
  /** Answer to end; undefined while the call goes on. */
  talkedMs: number | undefined;
  costUsd: string;
}): Record<string, unknown> {
  const { agent, pipeline, observed, talkedMs, costUsd } = facts;
  const turns = observed?.turns ?? [];
  return {
    agent_version: agent.version,
    ...(pipeline && { providers: pipeline.describe() }),
    ...(talkedMs !== undefined && { duration_seconds: Math.round(talkedMs / 100) / 10 }),
    transcript: turns.map(({ role, text, startedMs, endedMs, interrupted }) => ({
      role,
      text,
      started_ms: startedMs,
      ended_ms: endedMs,
      interrupted,
    })),
    latency: latencySummary(turns),
    tool_calls: (observed?.toolCalls ?? []).map(({ name, arguments: args, ok, atMs }) => ({
      name,
      arguments: args,
      ok,
      at_ms: atMs,
    })),
    cost_usd: costUsd,
  };
}
