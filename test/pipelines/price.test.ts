import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPrices, priceUsage, providerCatalog, providerNames, type ProviderUsage } from '../../pipelines/index.ts';

const heard: ProviderUsage = {
  role: 'stt',
  provider: 'deepgram-stt',
  model: 'nova-3',
  quantity: 125,
  unit: 'audio_second',
};
const said: ProviderUsage = {
  role: 'tts',
  provider: 'elevenlabs-tts',
  model: 'eleven_flash_v2_5',
  quantity: 183,
  unit: 'character',
};
const answered: ProviderUsage = {
  role: 'llm',
  provider: 'openrouter-llm',
  model: 'openai/gpt-4.1-mini',
  quantity: 214,
  unit: 'token',
  tokens: { prompt: 194, cachedPrompt: 128, completion: 20 },
};

test('seconds and characters are priced by the list', async () => {
  const prices = await loadPrices();
  expect(priceUsage(heard, prices)).toEqual({ usd: '0.01', source: 'list', priced: true });
  expect(priceUsage(said, prices)).toEqual({ usd: '0.00915', source: 'list', priced: true });
});

test('a model without a row of its own takes that of its provider', async () => {
  const prices = await loadPrices();
  expect(priceUsage({ ...said, model: 'eleven_multilingual_v2' }, prices).usd).toBe('0.0183');
});

test('what the provider says it cost is exact, down to the smallest amounts', () => {
  expect(priceUsage({ ...answered, usd: 0.00014 }, [])).toEqual({ usd: '0.00014', source: 'provider', priced: true });
  expect(priceUsage({ ...answered, usd: 1.5e-8 }, []).usd).toBe('0.000000015');
  expect(priceUsage({ ...answered, usd: 0 }, []).usd).toBe('0');
});

test('a machine of the operator costs nothing, unless a row says otherwise', () => {
  const usage: ProviderUsage = { ...answered, provider: 'ollama-llm', model: 'llama3.1:8b' };
  expect(priceUsage(usage, [])).toEqual({ usd: '0', source: 'none', priced: true });
  const row = {
    provider: 'ollama-llm',
    model: '*',
    unit: 'token',
    usd: '0.000001',
    completion_usd: '0.00001',
  } as const;
  const own = { ...row, as_of: '2026-11-01', source: 'electricity' };
  expect(priceUsage(usage, [own])).toEqual({ usd: '0.000394', source: 'list', priced: true });
});

test('a hosted service nobody knows the price of is told apart from a free one', () => {
  expect(priceUsage(answered, [])).toEqual({ usd: '0', source: 'list', priced: false });
});

test("the operator's file goes before the shipped prices", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prices-'));
  const file = join(folder, 'prices.json');
  const row = {
    provider: 'deepgram-stt',
    model: 'nova-3',
    unit: 'audio_second',
    usd: '0.00007',
    as_of: '2026-11-01',
    source: 'contract',
  };
  await writeFile(file, JSON.stringify([row]));
  expect(priceUsage(heard, await loadPrices(file)).usd).toBe('0.00875');
  await writeFile(file, JSON.stringify([{ ...row, usd: 'cheap' }]));
  await expect(loadPrices(file)).rejects.toThrow();
  await rm(folder, { recursive: true });
});

test('each hosted service with a unit of its own has prices, each with its date and its source', async () => {
  const prices = await loadPrices();
  const billed = providerNames.filter((name) => providerCatalog[name].hosting === 'cloud' && name !== 'openrouter-llm');
  for (const name of billed)
    expect(prices.filter(({ provider, model }) => provider === name && model === '*')).toHaveLength(1);
  for (const { provider, source } of prices)
    expect([providerNames.includes(provider as never), source.length > 10]).toEqual([true, true]);
});
