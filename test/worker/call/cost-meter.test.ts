import { describe, expect, it } from 'vitest';
import type { ProviderUsage } from '../../../pipelines/index.ts';
import { CostMeter } from '../../../src/worker/call/cost-meter.ts';

const use = (overrides: Partial<ProviderUsage> = {}): ProviderUsage => ({
  role: 'llm',
  provider: 'openrouter-llm',
  model: 'a-model',
  quantity: 100,
  unit: 'token',
  ...overrides,
});

describe('the cost of a call', () => {
  it('adds up exactly, where floating point would not', () => {
    const meter = new CostMeter(() => ({ usd: '0.1', source: 'list' }));
    for (let count = 0; count < 3; count += 1) meter.add(use());
    expect(meter.totalText).toBe('0.3');
    expect(meter.take()).toEqual([
      expect.objectContaining({ component: 'llm', quantity: 300, unit: 'token', usd: '0.3', source: 'list' }),
    ]);
  });

  it('has one line per model, and gives each use once', () => {
    const meter = new CostMeter(() => ({ usd: '0.000000000001', source: 'provider' }));
    meter.add(use());
    meter.add(use({ model: 'another' }));
    expect(meter.take().map(({ model, usd }) => [model, usd])).toEqual([
      ['a-model', '0.000000000001'],
      ['another', '0.000000000001'],
    ]);
    expect(meter.take()).toEqual([]);
    meter.add(use());
    expect(meter.take()).toHaveLength(1);
    expect(meter.totalText).toBe('0.000000000003');
  });

  it('has a line of its own for requests that lost to another one', () => {
    const meter = new CostMeter(() => ({ usd: '0.1', source: 'list' }));
    for (const lost of [undefined, true, undefined] as const) meter.add(use(lost && { lost }));
    expect(meter.take().map(({ usd, lost }) => [usd, lost])).toEqual([
      ['0.2', undefined],
      ['0.1', true],
    ]);
    expect(meter.totalText).toBe('0.3');
  });

  it('is nothing for what costs nothing', () => {
    const meter = new CostMeter(() => ({ usd: '0', source: 'none' }));
    meter.add(use({ role: 'stt', unit: 'audio_second' }));
    expect(meter.totalText).toBe('0');
    expect(meter.take()).toMatchObject([{ component: 'stt', usd: '0', source: 'none' }]);
  });
});
