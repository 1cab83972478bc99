import { expect, test } from 'vitest';
import { callsPerSecond } from '../../../src/calls/admission/calls-per-second.ts';
import { withFigures } from './facts-for-test.ts';

test('no more calls are prepared than the trunk may dial meanwhile', () => {
  expect(callsPerSecond(withFigures({ trunkPreparing: 4 }))).toBeUndefined();
  expect(callsPerSecond(withFigures({ trunkPreparing: 5 }))).toEqual({ full: 'trunk' });
});
