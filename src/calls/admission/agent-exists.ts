import type { AdmissionFacts, Objection } from './facts.ts';

export function agentExists({ agent, agents }: Pick<AdmissionFacts, 'agent' | 'agents'>): Objection | undefined {
  if (agents.get(agent)) return undefined;
  const names = agents.list().map(({ name }) => name);
  return { refused: `There is no agent "${agent}". The agents are ${names.join(', ')}.` };
}
