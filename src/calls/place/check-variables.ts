import type { Agent } from '../../agent-files/agent.ts';
import { builtInVariables, openingVariables } from '../../agent-files/built-in-variables.ts';
import { variablesIn } from '../../agent-files/render-variables.ts';
import { CallError } from '../errors.ts';

/**
 * Refuses a call that lacks a value which the agent, the playbook or the message needs, or brings one that none uses: a misspelt name
 * would otherwise be missed only while somebody listens.
 * @throws CallError `invalid_variables`
 */
export function checkVariables(request: {
  agent: Agent;
  variables: Record<string, string>;
  playbook?: string | undefined;
  /** Left to a machine that answers. */
  message?: string | undefined;
}): void {
  const { agent, variables, playbook = '', message = '' } = request;
  const defaults = new Map(Object.entries(agent.variables));
  const known = knownVariables({ agent, playbook, message });
  const always: readonly string[] = [...builtInVariables, ...(agent.hours ? openingVariables : [])];
  const isThere = (name: string) => always.includes(name) && !defaults.has(name);
  const missing = known.filter(
    (name) => !isThere(name) && !Object.hasOwn(variables, name) && (defaults.get(name) ?? null) === null,
  );
  if (missing.length > 0)
    throw new CallError('invalid_variables', `This call needs ${missing.join(', ')} in \`variables\`.`, {
      field: `variables.${missing[0]}`,
      details: { missing },
    });
  const unknown = Object.keys(variables).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const hint = known.length > 0 ? `It knows ${known.join(', ')}.` : 'It has no variables.';
  throw new CallError('invalid_variables', `The agent ${agent.name} has no variable ${unknown.join(', ')}. ${hint}`, {
    field: `variables.${unknown[0]}`,
    details: { unknown, known },
  });
}

/** The names that a call of the agent may give a value. */
export function knownVariables(call: {
  agent: Pick<Agent, 'variables'>;
  playbook?: string | undefined;
  message?: string | undefined;
}): string[] {
  const { agent, playbook = '', message = '' } = call;
  return [...new Set([...Object.keys(agent.variables), ...variablesIn(playbook), ...variablesIn(message)])];
}
