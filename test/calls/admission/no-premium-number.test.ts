import { expect, test } from 'vitest';
import { noPremiumNumber } from '../../../src/calls/admission/no-premium-number.ts';

test.each(['+19005551234', '+449098790879', '+882340123456'])('%s costs too much', (to) => {
  expect(noPremiumNumber({ to })).toEqual({ refused: expect.stringContaining('premium') });
});

test('an ordinary number does not', () => {
  expect(noPremiumNumber({ to: '+14155550123' })).toBeUndefined();
});
