import type { Agent } from '../agent-files/agent.ts';
import { CallError } from './errors.ts';

const placeholder = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g;

/**
 * Refuses a call that lacks a variable the agent needs, or brings one that neither the agent nor the playbook uses: a
 * misspelt name would otherwise be spoken as a gap.
 * @throws CallError `invalid_variables`
 */
export function checkVariables(request: {
  agent: Agent;
  variables: Record<string, string>;
  playbook?: string | undefined;
}): void {
  const { agent, variables, playbook = '' } = request;
  const known = [
    ...new Set([...Object.keys(agent.variables), ...[...playbook.matchAll(placeholder)].map(([, name]) => name!)]),
  ];
  const missing = Object.keys(agent.variables).filter(
    (name) => agent.variables[name] === null && variables[name] === undefined,
  );
  if (missing.length > 0)
    throw new CallError('invalid_variables', `The agent ${agent.name} needs ${missing.join(', ')} in \`variables\`.`, {
      field: `variables.${missing[0]}`,
      details: { missing },
    });
  const unknown = Object.keys(variables).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new CallError(
      'invalid_variables',
      `The agent ${agent.name} has no ${unknown.join(', ')}. ${known.length > 0 ? `Its variables are ${known.join(', ')}.` : 'It has no variables.'}`,
      { field: `variables.${unknown[0]}`, details: { unknown, known } },
    );
}
