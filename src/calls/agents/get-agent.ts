import type { Agent } from '../../agent-files/agent.ts';
import { CallError } from '../errors.ts';
import type { AgentDirectory } from '../ports.ts';

/** @throws CallError `agent_not_found`, naming the agents that exist */
export function getAgent(agents: AgentDirectory, name: string): Agent {
  const agent = agents.get(name);
  if (agent) return agent;
  const names = agents.list().map((each) => each.name);
  const hint = names.length > 0 ? `The agents are ${names.join(', ')}.` : 'There are no agent files yet.';
  throw new CallError('agent_not_found', `There is no agent "${name}". ${hint}`, {
    field: 'agent',
    details: { agents: names },
  });
}
