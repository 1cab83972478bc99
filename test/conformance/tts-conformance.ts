import { tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import type { ProviderError } from '../../pipelines/errors.ts';
import { FallbackVoice } from '../../pipelines/fallback/fallback-tts.ts';
import type { AnyProvider, ProviderName } from '../../pipelines/index.ts';
import { createProviderHealth } from '../../pipelines/fallback/provider-health.ts';
import { Standbys } from '../../pipelines/fallback/standby.ts';
import type { SpeakRequest, Voice } from '../../pipelines/wire/voice.ts';
import { type ContextForTest, contextForTest } from '../pipelines/call-for-test.ts';
import { eachRule, isSteady } from './each-rule.ts';
import { expectDefectsNoticed } from './expect-noticed.ts';
import { expectNoLeak } from './no-leak.ts';

/** The far end of a voice. It sounds `msPerCharacter` for each character of a text. */
export type TtsFarEnd = {
  url: string;
  behaviour: { msPerCharacter: number };
  /** The texts it was given, and requests or connections that are open. */
  state: { texts: string[]; open: number; mostOpen?: number };
  close: () => Promise<void>;
};

export type TtsSubject<Far extends TtsFarEnd = TtsFarEnd> = {
  provider: AnyProvider;
  start: () => Promise<Far>;
  /** Options besides the address and the deadline `audioTimeoutMs`. */
  options: Record<string, unknown>;
  /** Makes the far end take texts and say nothing. */
  hang: (far: Far) => void;
  /** Makes it break in the middle of a long text, and work again. */
  breakMidway: (far: Far) => void;
  mend: (far: Far) => void;
  /** Connections that stay open between texts. */
  standingConnections?: number;
};

type Bench = { far: TtsFarEnd; context: ContextForTest; create: (options?: Record<string, unknown>) => Voice };
type Rule = (bench: Bench, subject: TtsSubject) => Promise<void>;

const text = 'The practice opens at nine. On Friday it closes at noon. Shall I book a time for you?';

/** What every voice has to keep. Each rule throws where it is broken. */
export const ttsRules: Record<string, Rule> = {
  'all of a text is spoken, in order': async ({ far, create }) => {
    const { seconds, error } = await say(create(), text);
    expect(error).toBeUndefined();
    expect(squeezed(far.state.texts.join(' '))).toBe(text);
    expect(Math.abs(seconds * 1000 - text.length * far.behaviour.msPerCharacter)).toBeLessThan(400);
  },
  'each frame owns its buffer, and is not longer than a tenth of a second': async ({ create }) => {
    const { frames } = await say(create(), text);
    for (const frame of frames) {
      expect(frame.data.byteOffset).toBe(0);
      expect(frame.data.buffer.byteLength).toBe(frame.samplesPerChannel * 2);
      expect(frame.samplesPerChannel / frame.sampleRate).toBeLessThanOrEqual(0.1);
    }
  },
  'the first sentence sounds while the second is still being written': async ({ create }) => {
    const stream = create().stream();
    stream.pushText('One moment, please. I will');
    const { value, done } = await stream.next();
    expect(done).toBeFalsy();
    expect(value).not.toBe(tts.SynthesizeStream.END_OF_STREAM);
    stream.close();
  },
  'a flush speaks what is there': async ({ create }) => {
    const stream = create().stream();
    stream.pushText('One moment');
    stream.flush();
    const { done } = await stream.next();
    expect(done).toBeFalsy();
    stream.close();
  },
  'a text of nothing makes no sound and no request': async ({ far, create }) => {
    const { frames, error } = await say(create(), '  \n ');
    expect(frames).toEqual([]);
    expect(error).toBeUndefined();
    expect(far.state.texts).toEqual([]);
  },
  'a whole text at once is spoken too': async ({ far, create }) => {
    const voice = create();
    const frame = await voice.synthesize('One moment, please.').collect();
    const milliseconds = (frame.samplesPerChannel / frame.sampleRate) * 1000;
    expect(Math.abs(milliseconds - 'One moment, please.'.length * far.behaviour.msPerCharacter)).toBeLessThan(150);
  },
  'two answers at once do not mix': async ({ far, create }) => {
    const voice = create();
    const [long, short] = await Promise.all([say(voice, text), say(voice, 'Yes.')]);
    expect(Math.abs(long.seconds * 1000 - text.length * far.behaviour.msPerCharacter)).toBeLessThan(400);
    expect(Math.abs(short.seconds * 1000 - 4 * far.behaviour.msPerCharacter)).toBeLessThan(200);
  },
  'closing a stream ends it at once and lets the far end go': async ({ far, create }, { standingConnections = 0 }) => {
    const voice = create();
    const errors = errorsOf(voice);
    const stream = voice.stream();
    stream.pushText(text);
    await stream.next();
    const closedAt = performance.now();
    stream.close();
    for await (const _ of stream);
    expect(performance.now() - closedAt).toBeLessThan(200);
    await vi.waitFor(() => expect(far.state.open).toBeLessThanOrEqual(standingConnections), 3_000);
    expect(errors).toEqual([]);
  },
  'ten interruptions in a row are followed by a whole answer': async ({ far, create }) => {
    const voice = create();
    const errors = errorsOf(voice);
    for (let interruption = 0; interruption < 10; interruption += 1) {
      const stream = voice.stream();
      stream.pushText(text);
      await stream.next();
      stream.close();
    }
    const { seconds } = await say(voice, text);
    expect(Math.abs(seconds * 1000 - text.length * far.behaviour.msPerCharacter)).toBeLessThan(400);
    expect(errors).toEqual([]);
  },
  'a voice that never sounds is given up in time': async ({ far, create }, { hang }) => {
    hang(far);
    const { error } = await say(create({ audioTimeoutMs: 300 }), text);
    expect(error?.code).toBe('timeout');
    expect(error?.retryable).toBe(true);
  },
  'a connection that breaks is reported, and the next answer works': async ({ far, create }, { breakMidway, mend }) => {
    const voice = create();
    breakMidway(far);
    const { error } = await say(voice, text);
    expect(['unreachable', 'provider_failed']).toContain(error?.code);
    mend(far);
    await sleep(20);
    expect((await say(voice, 'Yes, of course.')).seconds).toBeGreaterThan(0);
  },
  'the characters that were sent are reported once': async ({ context, create }, { provider }) => {
    const health = createProviderHealth();
    const free = provider.priceUnit === 'none';
    const standby = {
      name: provider.name as ProviderName,
      instance: create(),
      free,
      probe: () => Promise.resolve(true),
    };
    const voice = new FallbackVoice(new Standbys<Voice>({ role: 'tts', standbys: [standby], context, health }));
    await say(voice, text);
    health.close();
    expect(context.usages).toMatchObject([{ role: 'tts', provider: provider.name, unit: 'character' }]);
    expect(Math.abs((context.usages[0]?.quantity ?? 0) - text.length)).toBeLessThan(5);
    if (free) return;
    // What was asked for because another was late says so.
    const again = create().speak({ ...request(text), hedged: true });
    for await (const _ of again);
    expect(context.usages[1]).toMatchObject({ hedged: true });
  },
  'hundreds of answers leave nothing behind': async ({ far, create }, { standingConnections = 0 }) => {
    const voice = create();
    far.behaviour.msPerCharacter = 10;
    await expectNoLeak(voice as unknown as EventEmitter, async () => {
      const stream = voice.stream();
      stream.pushText('Yes.');
      stream.endInput();
      let frames = 0;
      for await (const _ of stream) frames += 1;
      expect(frames).toBeGreaterThan(0);
    });
    far.state.texts.length = 0;
    await vi.waitFor(() => expect(far.state.open).toBeLessThanOrEqual(standingConnections), 3_000);
  },
};

/** Runs one rule on a fresh far end. */
export async function checkTtsRule<Far extends TtsFarEnd>(rule: Rule, subject: TtsSubject<Far>): Promise<void> {
  const far = await subject.start();
  const context = contextForTest();
  const created: Voice[] = [];
  const create = (more: Record<string, unknown> = {}) => {
    // Long, so that a busy machine does not look like a slow server.
    const given = { url: far.url, audioTimeoutMs: 20_000, ...subject.options, ...more };
    const voice = subject.provider.create(subject.provider.options.parse(given), context) as Voice;
    voice.on('error', () => undefined);
    created.push(voice);
    return voice;
  };
  try {
    await rule({ far, context, create }, subject as unknown as TtsSubject);
  } finally {
    await Promise.all(created.map((voice) => voice.close()));
    await far.close();
  }
}

/** @param notKept rules that a provider is known to break; each is tested to be broken still */
export function ttsConformance<Far extends TtsFarEnd>(
  subject: TtsSubject<Far>,
  notKept: readonly (keyof typeof ttsRules)[] = [],
): void {
  describe(`${subject.provider.name} keeps the rules of voices`, () => {
    const kept = Object.entries(ttsRules).filter(([name]) => !notKept.includes(name));
    eachRule(Object.fromEntries(kept), (rule) => checkTtsRule(rule, subject));
    expectDefectsNoticed(
      notKept.filter(isSteady).map((name) => [`not: ${name}`, name, subject]),
      (name, broken) => checkTtsRule(ttsRules[name]!, broken),
    );
  });
}

function request(words: string): SpeakRequest {
  const text = (async function* () {
    yield words;
  })();
  return { text, signal: new AbortController().signal, requestId: 'hedged', started: () => undefined };
}

async function say(voice: Voice, words: string) {
  const errors = errorsOf(voice);
  const stream = voice.stream();
  for (const word of words.match(/\S+\s*|\s+/g) ?? []) stream.pushText(word);
  stream.endInput();
  const frames: AudioFrame[] = [];
  for await (const item of stream) if (item !== tts.SynthesizeStream.END_OF_STREAM) frames.push(item.frame);
  const seconds = frames.reduce((sum, frame) => sum + frame.samplesPerChannel / frame.sampleRate, 0);
  return { frames, seconds, error: errors[0] };
}

function errorsOf(voice: Voice): ProviderError[] {
  const errors: ProviderError[] = [];
  voice.on('error', ({ error }) => errors.push(error as ProviderError));
  return errors;
}

const squeezed = (words: string) => words.replace(/\s+/g, ' ').trim();
