import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { carrierUsd, rateOf, readRates } from '../../telephony/index.ts';

const fileOf = (rows: unknown) => {
  const file = join(mkdtempSync(join(tmpdir(), 'parley-rates-')), 'rates.json');
  writeFileSync(file, JSON.stringify(rows));
  return file;
};
const row = { destination: 'There', usd_per_minute: '0.5', as_of: '2026-01-01', source: 'contract' };

describe('the shipped rates', () => {
  test.each([
    ['+14155550123', 'United States and Canada'],
    ['+18765550123', 'Jamaica'],
    ['+447700900123', 'United Kingdom, mobile'],
    ['+442079460123', 'United Kingdom'],
    ['+491701234567', 'Germany, mobile'],
    ['+99312345678', 'anywhere else'],
  ])('of %s are those of %s: the longest prefix counts', (number, destination) => {
    expect(rateOf(number, readRates()).destination).toBe(destination);
  });

  test('say of each prefix once where it is from and when', () => {
    const [shipped = []] = readRates();
    expect(new Set(shipped.map(({ prefix }) => prefix)).size).toBe(shipped.length);
    for (const { source, as_of, usd_per_minute } of shipped) {
      expect(source).not.toBe('');
      expect(new Date(as_of).getTime()).toBeLessThan(Date.now());
      expect(Number(usd_per_minute)).toBeGreaterThan(0);
    }
  });
});

describe('the operator’s rates', () => {
  test('come before the shipped ones, however long a prefix of those is', () => {
    const lists = readRates(fileOf([{ ...row, prefix: '+44' }]));
    expect(rateOf('+447700900123', lists)).toMatchObject({
      destination: 'There',
      usd_per_call: '0',
      increment_seconds: 60,
    });
    expect(rateOf('+14155550123', lists).destination).toBe('United States and Canada');
  });

  test.each([
    [[{ ...row, prefix: '0044' }], /0\.prefix is not the beginning/],
    [[{ ...row, prefix: '+44', usd_per_minute: 0.5 }], /0\.usd_per_minute/],
    [[{ ...row, prefix: '+44', increment_seconds: 0 }], /0\.increment_seconds/],
    [{ prefix: '+44' }, /expected array/],
  ])('that are not right are refused with the place: %j', (rows, message) => {
    expect(() => readRates(fileOf(rows))).toThrow(message);
  });
});

describe('what a line costs', () => {
  const rate = { usd_per_minute: '0.014', usd_per_call: '0.01', increment_seconds: 60 };
  test.each([
    [0, '0.024'],
    [1, '0.024'],
    [60, '0.024'],
    [60.001, '0.038'],
    [900, '0.22'],
  ])('for %d s is %s: minutes that were begun, and the fee', (seconds, usd) => {
    expect(carrierUsd(rate, seconds)).toBe(usd);
  });

  test('by the second is exact to the twelfth decimal', () => {
    expect(carrierUsd({ usd_per_minute: '0.01', usd_per_call: '0', increment_seconds: 1 }, 7)).toBe('0.001166666667');
    expect(carrierUsd({ usd_per_minute: '0', usd_per_call: '0', increment_seconds: 6 }, 7)).toBe('0');
  });
});
