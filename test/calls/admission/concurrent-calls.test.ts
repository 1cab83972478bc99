import { expect, test } from 'vitest';
import { concurrentCalls } from '../../../src/calls/admission/concurrent-calls.ts';
import { withFigures } from './facts-for-test.ts';

test('a tenant or a trunk that has all its calls is full, which is no refusal', () => {
  expect(concurrentCalls(withFigures({ tenantCalls: 4, trunkCalls: 9 }))).toBeUndefined();
  expect(concurrentCalls(withFigures({ tenantCalls: 5 }))).toEqual({ full: 'tenant' });
  expect(concurrentCalls(withFigures({ trunkCalls: 10 }))).toEqual({ full: 'trunk' });
});
