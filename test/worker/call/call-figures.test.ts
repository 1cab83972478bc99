import { expect, it } from 'vitest';
import type { ProviderUsage } from '../../../pipelines/index.ts';
import type { Call } from '../../../src/calls/call.ts';
import type { Measurements } from '../../../src/telemetry/metrics/metric-table.ts';
import { CallFigures } from '../../../src/worker/call/call-figures.ts';

const model = 'a-model';

it('counts each use in its unit, with the price that it is given', () => {
  const counted: string[] = [];
  const measurements: Measurements = {
    count: (name, labels, by = 1) => {
      if (name !== 'parley_calls_total') counted.push(`${name} ${Object.values(labels).join(' ')} ${by}`);
    },
    observe: () => undefined,
  };
  const figures = new CallFigures({ direction: 'web', agent: 'notice' } as Call, measurements);
  const use = (usage: Omit<ProviderUsage, 'model'>, usd: string) =>
    figures.used({ ...usage, model }, { usd, source: 'list' });
  use({ role: 'stt', provider: 'deepgram-stt', unit: 'audio_second', quantity: 12.5 }, '0.001');
  use({ role: 'tts', provider: 'elevenlabs-tts', unit: 'character', quantity: 40 }, '0.002');
  const tokens = { prompt: 100, cachedPrompt: 60, completion: 20 };
  use({ role: 'llm', provider: 'openrouter-llm', unit: 'token', quantity: 120, tokens }, '0.003');
  use({ role: 'tts', provider: 'elevenlabs-tts', unit: 'character', quantity: 40, hedged: true }, '0.002');
  expect(counted).toEqual([
    'parley_cost_usd_total stt deepgram-stt a-model 0.001',
    'parley_stt_audio_seconds_total deepgram-stt a-model 12.5',
    'parley_cost_usd_total tts elevenlabs-tts a-model 0.002',
    'parley_tts_characters_total elevenlabs-tts a-model 40',
    'parley_cost_usd_total llm openrouter-llm a-model 0.003',
    'parley_tokens_total prompt openrouter-llm a-model 100',
    'parley_tokens_total cached_prompt openrouter-llm a-model 60',
    'parley_tokens_total completion openrouter-llm a-model 20',
    'parley_cost_usd_total tts elevenlabs-tts a-model 0.002',
    'parley_hedged_cost_usd_total tts elevenlabs-tts 0.002',
    'parley_tts_characters_total elevenlabs-tts a-model 40',
  ]);
});
