import { expect, test } from 'vitest';
import { dialableNumber } from '../../../src/calls/admission/dialable-number.ts';

test.each(['12345', 'hello', '+1415555', '+1999555012345', ''])('%j is refused', (to) => {
  expect(dialableNumber({ to })).toHaveProperty('refused');
});

test('a number of a country’s plan is no problem', () => {
  expect(dialableNumber({ to: '+4930123456' })).toBeUndefined();
});
