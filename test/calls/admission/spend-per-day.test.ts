import { expect, test } from 'vitest';
import { spendPerDay } from '../../../src/calls/admission/spend-per-day.ts';
import { facts, withFigures } from './facts-for-test.ts';

test('no call begins once the day’s money is spent', () => {
  expect(spendPerDay(withFigures({ spentUsd: '49.999999' }))).toBeUndefined();
  expect(spendPerDay(withFigures({ spentUsd: '50.00' }))).toHaveProperty('refused');
});

test('a limit of nothing lets nothing through', () => {
  expect(spendPerDay(facts({ rules: { ...facts().rules, spendPerDayUsd: 0 } }))).toHaveProperty('refused');
});
