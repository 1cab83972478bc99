import type { Agent } from '../../agent-files/agent.ts';
import { readAdvice } from '../../calls/before-answer/read-advice.ts';
import type { Call } from '../../calls/call.ts';
import type { CallQuery } from '../../calls/ports.ts';
import { recall } from '../../calls/memory/recall.ts';
import { castBy } from '../../worker/preparation/heed-backend.ts';
import type { Scenario } from '../file/scenario-schema.ts';

type EarlierCall = NonNullable<Scenario['call']['earlier_calls']>[number];

/** Who takes a call, and with which variables; `refused`: nobody does. */
export type Begun = {
  call: Call;
  agent: Agent;
  refused: boolean;
  /** What of the doubles the agent has no use for. */
  troubles: string[];
};

const dayMs = 86_400_000;

/** What is found out about a call before anybody speaks, as in a call process: memory and the operator's backend are doubles. */
export async function beforeTheCall(
  { earlier_calls: earlier, before_answer: answer }: Scenario['call'],
  about: { call: Call; agent: Agent; at: Date; agents: readonly Agent[] },
): Promise<Begun> {
  const { agent, at, agents } = about;
  const troubles: string[] = [];
  if (earlier && !agent.remembers)
    troubles.push(`\`earlier_calls\`: ${agent.name} does not remember any (\`remembers\`)`);
  const ended = (earlier ?? []).map((each) => endedCall(each, about));
  const listCalls = async ({ createdAfter = new Date(0) }: CallQuery) => ({
    calls: ended
      .filter(({ createdAt }) => createdAt >= createdAfter)
      .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime()),
    nextCursor: null,
  });
  const recalled = await recall({ call: about.call, agent, now: at }, { calls: { listCalls } });
  const call = { ...about.call, variables: { ...recalled?.variables, ...about.call.variables } };
  const begun = { call, agent, refused: false, troubles };
  if (!answer) return begun;
  if (!agent.before_answer || call.direction === 'outbound') {
    troubles.push(`\`before_answer\`: ${agent.name} asks no backend about this call`);
    return begun;
  }
  const { advice, notes } = readAdvice(answer);
  if (advice.refused) return { ...begun, refused: true };
  const directory = { get: (name: string) => agents.find((each) => each.name === name), list: () => agents };
  const pipelineFor = () => ({ pipeline: call.pipeline, pipelineOverrides: call.pipelineOverrides });
  const cast = castBy(advice, { first: { call, agent }, notes, deps: { agents: directory, pipelineFor } });
  troubles.push(...notes.map((note) => `\`before_answer\`: ${note}`));
  return { ...begun, ...(cast && { call: cast.call, agent: cast.agent }) };
}

/** An earlier call as the database would have it. */
function endedCall({ days_ago: days, summary, fields }: EarlierCall, { call, at }: { call: Call; at: Date }): Call {
  const said = (value: unknown) => ({ type: 'text', said: value !== null, value, turn: null, quote: null });
  const found = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, said(value)]));
  const createdAt = new Date(at.getTime() - days * dayMs);
  const report = { result: { status: 'done', fields: found, summary: summary ?? null } };
  return { ...call, id: `${call.id}_${days}_days_before`, state: 'ended', createdAt, report };
}
