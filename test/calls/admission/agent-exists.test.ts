import { expect, test } from 'vitest';
import { agentExists } from '../../../src/calls/admission/agent-exists.ts';
import { facts } from './facts-for-test.ts';

test('a call for an agent whose file is gone is refused, naming those that are there', () => {
  expect(agentExists(facts())).toBeUndefined();
  expect(agentExists(facts({ agent: 'gone' }))).toEqual({ refused: expect.stringContaining('reminder') });
});
