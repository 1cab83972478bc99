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

test('what the line may cost at its longest must fit beside what was spent', () => {
  const near = { ...withFigures({ spentUsd: '49.5' }), carrierUsd: '0.50' };
  expect(spendPerDay(near)).toBeUndefined();
  expect(spendPerDay({ ...near, carrierUsd: '0.500000000001' })).toHaveProperty('refused');
});

test('what running calls may still cost makes a call wait, since it may become free', () => {
  const beside = (reservedUsd: string) =>
    spendPerDay({ ...withFigures({ spentUsd: '40', reservedUsd }), carrierUsd: '1' });
  expect(beside('9')).toBeUndefined();
  expect(beside('9.01')).toEqual({ full: 'tenant' });
});
