import { expect, test } from 'vitest';
import { type Agent, agentSchema } from '../../../src/agent-files/agent.ts';
import { checkVariables } from '../../../src/calls/place/check-variables.ts';

const variables = { clinic: 'Harbour', name: null, note: '' };
const front = agentSchema.parse({ description: 'x', greeting: 'Hello {{name}}.', variables });
const agent: Agent = { ...front, name: 'reminder', prompt: '', version: '0' };

test('needs what has no default, and takes an empty default for a value', () => {
  expect(() => checkVariables({ agent, variables: {} })).toThrow(
    expect.objectContaining({ code: 'invalid_variables', field: 'variables.name', details: { missing: ['name'] } }),
  );
  checkVariables({ agent, variables: { name: 'Ada' } });
  checkVariables({ agent, variables: { name: '' } });
});

test('refuses a name that nothing uses, and names those that are', () => {
  expect(() => checkVariables({ agent, variables: { name: 'Ada', clinc: 'x' } })).toThrow(/clinc.*clinic, name, note/);
});

test('counts the names that the playbook uses, and wants values for them', () => {
  const playbook = 'Offer {{ discount }} at {{clinic}}.';
  checkVariables({ agent, variables: { name: 'Ada', discount: 'ten percent' }, playbook });
  expect(() => checkVariables({ agent, variables: { name: 'Ada' }, playbook })).toThrow(/needs discount/);
});

test('is not fooled by names that every object has', () => {
  expect(() => checkVariables({ agent, variables: { name: 'Ada' }, playbook: '{{constructor}}' })).toThrow(
    /needs constructor/,
  );
});
