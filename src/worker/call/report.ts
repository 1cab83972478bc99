import type { Agent } from '../../agent-files/agent.ts';
import type { CallPipeline } from '../dependencies.ts';

/**
 * What is kept with a call besides its rows: what stands nowhere else. The report that is told is made of turns, events and costs when
 * it is asked for, so that nothing of what was said is kept twice.
 */
export function sessionReport({ agent, pipeline }: { agent: Agent; pipeline: CallPipeline | undefined }) {
  return { agent_version: agent.version, ...(pipeline && { providers: pipeline.describe() }) };
}
