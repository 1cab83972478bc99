import { expect, test } from 'vitest';
import { attemptsPerNumber } from '../../../src/calls/admission/attempts-per-number.ts';
import { withFigures } from './facts-for-test.ts';

test('the attempts of a day are counted', () => {
  expect(attemptsPerNumber(withFigures({ attemptsToNumber: 7 }))).toBeUndefined();
  expect(attemptsPerNumber(withFigures({ attemptsToNumber: 8 }))).toHaveProperty('refused');
});
