import { AsyncIterableQueue } from '@livekit/agents';
import { beforeEach, describe, expect, test } from 'vitest';
import { ProviderError } from '../../../pipelines/errors.ts';
import { FallbackModel } from '../../../pipelines/fallback/fallback-llm.ts';
import { FallbackVoice } from '../../../pipelines/fallback/fallback-tts.ts';
import { type HedgedRequest, Hedging } from '../../../pipelines/fallback/hedging.ts';
import type { ProviderName } from '../../../pipelines/index.ts';
import { billMarks, lostToAnother } from '../../../pipelines/wire/bill-marks.ts';
import { openrouterLlm } from '../../../pipelines/providers/openrouter-llm.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { chatForTest, type ContextForTest, contextForTest, standbysForTest } from '../call-for-test.ts';
import { HeldModel, HeldVoice } from './held-providers.ts';
import { ManualClock } from './manual-clock.ts';

let clock: ManualClock;
let hedging: Hedging;
let context: ContextForTest;
let told: HedgedRequest[];

beforeEach(() => {
  clock = new ManualClock();
  hedging = new Hedging({ rate: 0.1, clock });
  told = [];
  context = contextForTest();
  context.onHedged = (request) => told.push(request);
  // Answers enough for one hedged request.
  for (let answer = 0; answer < 10; answer += 1) hedging.answered();
});

/** What is known of a provider: its first pieces take 350 ms, and one of twenty 1,000 ms or more. */
function know(name: string, slowMs = 1_000): void {
  for (let answer = 0; answer < 18; answer += 1) hedging.tookMs(name, 350);
  hedging.tookMs(name, slowMs);
  hedging.tookMs(name, slowMs);
}

describe('when a first piece is late', () => {
  test('it is later than 95 % of the last hundred', () => {
    for (let ms = 1; ms <= 300; ms += 1) hedging.tookMs('a', ms);
    expect(hedging.lateMs('a')).toBe(Math.max(295, 1.5 * 250));
    know('b', 1_200);
    expect(hedging.lateMs('b')).toBe(1_200);
  });

  test('nothing is late of which fewer than twenty answers are known', () => {
    for (let answer = 0; answer < 19; answer += 1) hedging.tookMs('a', 350);
    expect(hedging.lateMs('a')).toBeUndefined();
  });

  test('where the slow ones are hardly slower than the others, only what is much slower than all of them is late', () => {
    know('a', 360);
    expect(hedging.lateMs('a')).toBe(525);
  });

  test('at most one in ten answers has company, and no more than three are saved up', () => {
    const busy = new Hedging({ rate: 0.1, clock });
    let hedged = 0;
    for (let answer = 0; answer < 1_000; answer += 1) {
      if (busy.take()) hedged += 1;
      busy.answered();
    }
    expect(hedged).toBe(99);
    for (let answer = 0; answer < 1_000; answer += 1) busy.answered();
    expect([1, 2, 3, 4].map(() => busy.take())).toEqual([true, true, true, false]);
  });
});

describe('a language model that is late', () => {
  let first: HeldModel;
  let second: HeldModel;

  beforeEach(() => {
    first = new HeldModel();
    second = new HeldModel();
    know('openrouter-llm unknown');
  });

  const stage = (others: Partial<Record<ProviderName, HeldModel>>) =>
    new FallbackModel(standbysForTest<HeldModel>('llm', others, { context, hedging }));
  const pair = () => stage({ 'openrouter-llm': first, 'ollama-llm': second });

  function ask(model: FallbackModel, { signal } = new AbortController()) {
    const request = { toolCtx: undefined, toolChoice: undefined, parallelToolCalls: undefined, signal };
    const said = (async () => {
      let text = '';
      for await (const { delta } of model.generate({ chatCtx: chatForTest(), ...request }))
        text += delta?.content ?? '';
      return text;
    })();
    said.catch(() => undefined);
    return said;
  }

  test('one that is in time is alone', async () => {
    const said = ask(pair());
    await clock.pass(999);
    first.asked[0]?.say('In time.');
    expect(await said).toBe('In time.');
    await clock.pass(10_000);
    expect(second.asked).toHaveLength(0);
    expect(told).toEqual([]);
  });

  test('the next one is asked, speaks first, and is heard; the late one is cancelled and has not failed', async () => {
    const model = pair();
    const said = ask(model);
    await clock.pass(999);
    expect(second.asked).toHaveLength(0);
    await clock.pass(1);
    expect(second.asked[0]?.request.hedged).toBe(true);
    second.asked[0]?.say('In its place.');
    expect(await said).toBe('In its place.');
    expect(first.asked[0]?.request.signal.aborted).toBe(true);
    expect(model.label()).toBe('ollama-llm');
    expect(context.failures).toEqual([]);
    expect(told).toEqual([{ role: 'llm', provider: 'ollama-llm', late: 'openrouter-llm', result: 'won' }]);
  });

  test('the late one is heard where it speaks first after all', async () => {
    const model = pair();
    const said = ask(model);
    await clock.pass(1_000);
    first.asked[0]?.say('At last.');
    expect(await said).toBe('At last.');
    expect(second.asked[0]?.request.signal.aborted).toBe(true);
    expect(model.label()).toBe('openrouter-llm');
    expect(told).toMatchObject([{ result: 'lost' }]);
  });

  test('how long it was waited for is remembered, so that what is late does not become less with each that lost', async () => {
    for (let answer = 0; answer < 3; answer += 1) {
      const said = ask(pair());
      await clock.pass(1_000);
      second.asked.at(-1)?.say('In its place.');
      await said;
      for (let other = 0; other < 10; other += 1) hedging.answered();
    }
    expect(hedging.lateMs('openrouter-llm unknown')).toBe(1_000);
  });

  test('nobody else is asked once the rate is used up', async () => {
    hedging.take();
    const said = ask(pair());
    await clock.pass(1_500);
    expect(second.asked).toHaveLength(0);
    first.asked[0]?.say('Alone.');
    expect(await said).toBe('Alone.');
  });

  test('where it fails, the other goes on, and its failure is told once', async () => {
    const said = ask(pair());
    await clock.pass(1_000);
    first.asked[0]?.fail(new ProviderError('unreachable', 'openrouter-llm', 'gone.'));
    await clock.pass(0);
    second.asked[0]?.say('Still here.');
    expect(await said).toBe('Still here.');
    expect(second.asked).toHaveLength(1);
    expect(context.failures).toMatchObject([{ provider: 'openrouter-llm', next: 'ollama-llm', midStream: false }]);
  });

  test('where the other fails, the late one is waited for, and no failure is told', async () => {
    const said = ask(pair());
    await clock.pass(1_000);
    second.asked[0]?.fail(new ProviderError('unreachable', 'ollama-llm', 'gone.'));
    await clock.pass(0);
    first.asked[0]?.say('At last.');
    expect(await said).toBe('At last.');
    expect(context.failures).toEqual([]);
  });

  test('where both fail, each is told once and nobody is asked again', async () => {
    const said = ask(pair());
    await clock.pass(1_000);
    first.asked[0]?.fail(new ProviderError('unreachable', 'openrouter-llm', 'gone.'));
    await clock.pass(0);
    second.asked[0]?.fail(new ProviderError('bad_key', 'ollama-llm', 'refused.'));
    await expect(said).rejects.toThrow('refused.');
    expect(context.failures.map(({ provider }) => provider)).toEqual(['openrouter-llm', 'ollama-llm']);
    expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
  });

  test('a hosted one that is alone is asked twice, and fails once for both', async () => {
    const said = ask(stage({ 'openrouter-llm': first, 'scripted-llm': second }));
    await clock.pass(1_000);
    expect([first.asked.length, second.asked.length]).toEqual([2, 0]);
    first.asked[1]?.say('The second time.');
    expect(await said).toBe('The second time.');
  });

  test('a server of one’s own is asked once', async () => {
    know('ollama-llm unknown');
    const said = ask(stage({ 'ollama-llm': first, 'scripted-llm': second }));
    await clock.pass(5_000);
    expect([first.asked.length, second.asked.length]).toEqual([1, 0]);
    first.asked[0]?.say('Yes.');
    expect(await said).toBe('Yes.');
  });

  test('an answer that nobody wants any more ends both', async () => {
    const gone = new AbortController();
    const said = ask(pair(), gone);
    await clock.pass(1_000);
    gone.abort();
    expect(await said).toBe('');
    expect(second.asked[0]?.request.signal.aborted).toBe(true);
    expect(told).toMatchObject([{ result: 'cancelled' }]);
  });

  test('an answer that the caller interrupts is cancelled, and has lost to nobody', () => {
    const interrupted = AbortSignal.abort();
    expect(billMarks({ signal: interrupted })).toEqual({ cancelled: true });
    expect(billMarks({ signal: AbortSignal.any([interrupted, AbortSignal.abort(lostToAnother)]) })).toEqual({
      cancelled: true,
    });
  });

  test('both are paid, and the one that was asked besides and the one that lost are marked', async () => {
    const double = await startOpenRouterDouble({ reply: 'Yes.', cost: 0.001, stallAfterWords: 0, lookupMisses: 0 });
    const options = openrouterLlm.options.parse({ apiKey: 'key', url: double.url, firstTokenTimeoutMs: 20_000 });
    know(`openrouter-llm ${options.model}`);
    const hosted = openrouterLlm.create(options, context);
    const model = new FallbackModel(standbysForTest('llm', { 'openrouter-llm': hosted }, { context, hedging }));
    const said = ask(model);
    await expect.poll(() => double.state.stalled).toBe(1);
    delete double.behaviour.stallAfterWords;
    await clock.pass(1_000);
    expect(await said).toBe('Yes.');
    await model.aclose();
    const marks = context.usages.map(({ usd, cancelled, hedged, lost }) => ({ usd, cancelled, hedged, lost }));
    expect(marks).toEqual([
      { usd: 0.001, cancelled: undefined, hedged: true, lost: undefined },
      { usd: 0.001, cancelled: true, hedged: undefined, lost: true },
    ]);
    await double.close();
  });
});

describe('a voice that is late', () => {
  test('the same one is asked again with the same text, from when the text went out, and is heard where it is first', async () => {
    const voice = new HeldVoice();
    const other = new HeldVoice();
    know('elevenlabs-tts unknown');
    const speaker = new FallbackVoice(
      standbysForTest<HeldVoice>('tts', { 'elevenlabs-tts': voice, 'deepgram-tts': other }, { context, hedging }),
    );
    const text = new AsyncIterableQueue<string>();
    const { signal } = new AbortController();
    let starts = 0;
    const heard = (async () => {
      const samples: number[] = [];
      const spoken = speaker.speak({ text, signal, requestId: 'one', started: () => (starts += 1) });
      for await (const { frame } of spoken) samples.push(frame.data[0]!);
      return samples;
    })();
    await clock.pass(5_000);
    expect(voice.asked).toHaveLength(1);
    text.put('One moment, ');
    await clock.pass(0);
    await clock.pass(999);
    expect(voice.asked).toHaveLength(1);
    await clock.pass(1);
    text.put('please.');
    text.close();
    await clock.pass(0);
    expect(voice.asked.map(({ text: written }) => written())).toEqual(['One moment, please.', 'One moment, please.']);
    expect(voice.asked.map(({ request }) => request.requestId)).toEqual(['one', 'one_hedged']);
    voice.asked[1]?.sound(7);
    expect(await heard).toEqual([7]);
    expect(voice.asked[0]?.request.signal.aborted).toBe(true);
    expect([other.asked.length, starts]).toEqual([0, 1]);
    expect(told).toEqual([{ role: 'tts', provider: 'elevenlabs-tts', late: 'elevenlabs-tts', result: 'won' }]);
    await speaker.close();
  });
});
