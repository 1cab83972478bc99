import { stt } from '@livekit/agents';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FallbackTranscriber } from '../../../pipelines/fallback/fallback-stt.ts';
import { createProviderHealth, type ProviderHealth } from '../../../pipelines/fallback/provider-health.ts';
import { deepgramStt } from '../../../pipelines/providers/deepgram-stt.ts';
import { type DeepgramDouble, startDeepgramDouble } from '../../fakes/deepgram-double.ts';
import { pushAudio, quiet, voice } from '../audio-for-test.ts';
import { type ContextForTest, contextForTest, standbysForTest } from '../call-for-test.ts';

describe('the recognisers of a call as one', () => {
  let first: DeepgramDouble;
  let second: DeepgramDouble;
  let context: ContextForTest;
  let health: ProviderHealth;
  let ears: FallbackTranscriber;
  let warmed: number;
  const create = (url: string) =>
    deepgramStt.create(
      deepgramStt.options.parse({ apiKey: 'key', url, connectTimeoutMs: url === first.url ? 500 : 20_000 }),
      context,
    );

  beforeEach(async () => {
    first = await startDeepgramDouble({ transcripts: ['from the first'] });
    second = await startDeepgramDouble({ transcripts: ['from the second'] });
    context = contextForTest();
    health = createProviderHealth({ pauseMs: 200 });
    warmed = 0;
    ears = new FallbackTranscriber(
      standbysForTest(
        'stt',
        { 'deepgram-stt': create(first.url), 'whisperlive-stt': create(second.url) },
        { context, health },
      ),
      () => (warmed += 1),
    );
    ears.on('error', () => undefined);
  });
  afterEach(async () => {
    health.close();
    await ears.close();
    await Promise.all([first.close(), second.close()]);
  });

  async function listen(frames = [...quiet(200), ...voice(400), ...quiet(400)]) {
    const stream = ears.stream();
    void pushAudio(stream, frames);
    const events: stt.SpeechEvent[] = [];
    for await (const event of stream) events.push(event);
    const finals = events.filter(({ type }) => type === stt.SpeechEventType.FINAL_TRANSCRIPT);
    return { events, finals: finals.map(({ alternatives }) => alternatives?.[0]) };
  }
  const texts = (finals: (stt.SpeechData | undefined)[]) => finals.map((data) => data?.text);

  test('the first serves while it works, and warms the others up while the caller speaks', async () => {
    const { finals } = await listen();
    expect(texts(finals)).toEqual(['from the first']);
    expect(warmed).toBeGreaterThan(0);
    expect(second.state.connections).toBe(0);
  });

  test('what was said before the first one broke is heard by the second, at its place in time', async () => {
    first.behaviour.closeInSpeech = { code: 1011, reason: 'NET-0000' };
    first.behaviour.interimEveryMs = 0;
    const { finals } = await listen();
    expect(texts(finals)).toEqual(['from the second']);
    expect(finals[0]?.startTime).toBeCloseTo(0.2, 1);
    expect(context.failures).toMatchObject([{ provider: 'deepgram-stt', next: 'whisperlive-stt' }]);
  });

  test('a connection that drops after it worked is opened again at the same provider, and no word is lost', async () => {
    const stream = ears.stream();
    const events: stt.SpeechEvent[] = [];
    void pushAudio(stream, [...voice(300), ...quiet(300), ...voice(400), ...quiet(300)], 2);
    for await (const event of stream) {
      events.push(event);
      if (first.state.connections === 1 && event.type === stt.SpeechEventType.FINAL_TRANSCRIPT) first.dropAll();
    }
    const finals = events.filter(({ type }) => type === stt.SpeechEventType.FINAL_TRANSCRIPT);
    expect(finals).toHaveLength(2);
    expect(first.state.connections).toBe(2);
    expect(context.failures).toEqual([]);
  });

  test.each([
    ['refuses the key', { refuse: { status: 401, code: 'INVALID_AUTH', message: 'Invalid credentials.' } }, 'bad_key'],
    ['never answers', { hang: true }, 'timeout'],
  ])('the second listens when the first %s', async (_what, behaviour, code) => {
    Object.assign(first.behaviour, behaviour);
    const { finals } = await listen();
    expect(texts(finals)).toEqual(['from the second']);
    expect(context.failures[0]?.error.code).toBe(code);
  });

  test('one that hears and says nothing is given up after five seconds of speech', async () => {
    first.behaviour.mute = true;
    const stream = ears.stream();
    void pushAudio(stream, [...voice(9_000), ...quiet(400)], 20);
    const finals: string[] = [];
    for await (const { type, alternatives } of stream)
      if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) finals.push(alternatives?.[0].text ?? '');
    expect(finals).toEqual(['from the second']);
    expect(context.failures[0]?.error.message).toContain('said nothing to 5 s of speech');
  });

  test('the better one takes over again at a pause, once it serves', async () => {
    first.behaviour.refuse = { status: 503, code: 'DOWN', message: 'Down' };
    const stream = ears.stream();
    void pushAudio(
      stream,
      [...voice(300), ...quiet(2_000), ...voice(300), ...quiet(1_500), ...voice(300), ...quiet(300)],
      4,
    );
    const finals: string[] = [];
    for await (const { type, alternatives } of stream) {
      if (type !== stt.SpeechEventType.FINAL_TRANSCRIPT) continue;
      finals.push(alternatives?.[0].text ?? '');
      delete first.behaviour.refuse;
    }
    expect(finals).toEqual(['from the second', 'from the second', 'from the first']);
  });

  test('when nobody hears, the stream ends with an error', async () => {
    await Promise.all([first.close(), second.close()]);
    const errors: Error[] = [];
    ears.on('error', ({ error }) => errors.push(error));
    await listen([...voice(400)]);
    expect(errors[0]?.message).toContain('nothing listens at');
    expect(context.failures.at(-1)?.next).toBeUndefined();
  });
});
