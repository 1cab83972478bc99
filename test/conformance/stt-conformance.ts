import { stt } from '@livekit/agents';
import type { EventEmitter } from 'node:events';
import { describe, expect, vi } from 'vitest';
import { FallbackTranscriber } from '../../pipelines/fallback/fallback-stt.ts';
import type { AnyProvider, ProviderName } from '../../pipelines/index.ts';
import type { ProviderError } from '../../pipelines/errors.ts';
import { createProviderHealth } from '../../pipelines/fallback/provider-health.ts';
import { Standbys } from '../../pipelines/fallback/standby.ts';
import type { Transcriber } from '../../pipelines/wire/transcriber.ts';
import { pushAudio, quiet, voice } from '../pipelines/audio-for-test.ts';
import { type ContextForTest, contextForTest } from '../pipelines/call-for-test.ts';
import { eachRule, isSteady } from './each-rule.ts';
import { expectDefectsNoticed } from './expect-noticed.ts';
import { expectNoLeak } from './no-leak.ts';

/** The far end of a recogniser. It says `transcripts` one after the other, whatever is said to it. */
export type SttFarEnd = {
  url: string;
  behaviour: { transcripts: string[]; hang?: boolean; mute?: boolean };
  state: { open: number };
  /** Cuts every connection; absent where each utterance is a request of its own. */
  dropAll?: () => void;
  /** Takes nothing and says nothing on every open connection. */
  freezeAll?: () => void;
  close: () => Promise<void>;
};

export type SttSubject = {
  provider: AnyProvider;
  start: () => Promise<SttFarEnd>;
  /** Options besides the address. */
  options: Record<string, unknown>;
  /** The deadline that a server which does not answer will miss, where it is not among the options. */
  deadline?: Record<string, number>;
  /** It alone decides when a turn is over. */
  ignoresFlush?: boolean;
  /** Tells no interim results. */
  onlyFinals?: boolean;
  /** Sends, and is billed by, the utterances it finds, not the silence between them. */
  sendsUtterances?: boolean;
};

type Bench = { far: SttFarEnd; context: ContextForTest; create: (options?: Record<string, unknown>) => Transcriber };
type Rule = (bench: Bench, subject: SttSubject) => Promise<void>;

const { START_OF_SPEECH, INTERIM_TRANSCRIPT, FINAL_TRANSCRIPT, END_OF_SPEECH } = stt.SpeechEventType;
const utterance = () => [...quiet(200), ...voice(800), ...quiet(700)];

/** What every recogniser has to keep. Each rule throws where it is broken. */
export const sttRules: Record<string, Rule> = {
  'speech is announced, then told in parts, then finally, then ended': async ({ far, create }, { onlyFinals }) => {
    far.behaviour.transcripts = ['good morning to you'];
    const { events } = await listen(create(), utterance());
    const types = events.map(({ type }) => type).filter((type) => type <= END_OF_SPEECH);
    expect(types[0]).toBe(START_OF_SPEECH);
    expect(types.filter((type) => type === FINAL_TRANSCRIPT)).toHaveLength(1);
    expect(types.indexOf(FINAL_TRANSCRIPT)).toBeGreaterThan(types.lastIndexOf(INTERIM_TRANSCRIPT));
    expect(types.includes(INTERIM_TRANSCRIPT)).toBe(!onlyFinals);
    expect(types.at(-1)).toBe(END_OF_SPEECH);
    expect(texts(events)).toEqual(['good morning to you']);
  },
  'each utterance is told once, in order': async ({ far, create }) => {
    far.behaviour.transcripts = ['the first', 'and the second', 'and a third'];
    const { events } = await listen(create(), [...utterance(), ...utterance(), ...utterance()]);
    expect(texts(events)).toEqual(['the first', 'and the second', 'and a third']);
  },
  'a flush brings the text without waiting for silence': async ({ create }, { ignoresFlush }) => {
    if (ignoresFlush) return;
    const stream = create().stream();
    for (const frame of voice(800)) stream.pushFrame(frame);
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    stream.flush();
    const final = await firstFinal(stream);
    stream.close();
    expect(final).toBe('hello there');
  },
  'the end of the audio brings the rest and ends the stream': async ({ create }) => {
    const { events } = await listen(create(), [...quiet(100), ...voice(800)]);
    expect(texts(events)).toEqual(['hello there']);
  },
  'closing a stream ends it at once and closes the connection': async ({ far, create }) => {
    const stream = create().stream();
    void pushAudio(stream, utterance(), 2).catch(() => undefined);
    await stream.next();
    const closedAt = performance.now();
    stream.close();
    for await (const event of stream) expect(event.type).not.toBe(FINAL_TRANSCRIPT);
    expect(performance.now() - closedAt).toBeLessThan(200);
    await vi.waitFor(() => expect(far.state.open).toBe(0), 3_000);
  },
  'a server that does not answer is given up in time': async ({ far, create }, { deadline }) => {
    far.behaviour.hang = true;
    const { error } = await listen(create(deadline), utterance());
    expect(error?.code).toBe('timeout');
    expect(error?.retryable).toBe(true);
  },
  'a connection that breaks is reported, and the next stream works': async ({ far, create }) => {
    if (!far.dropAll) return;
    const transcriber = create();
    const stream = transcriber.stream();
    const errors = errorsOf(transcriber);
    void pushAudio(stream, utterance(), 2).catch(() => undefined);
    await stream.next();
    far.dropAll();
    for await (const _ of stream);
    expect(errors[0]?.code).toBe('unreachable');
    expect(texts((await listen(transcriber, utterance())).events)).toEqual(['hello there']);
  },
  'a half-open connection is noticed': async ({ far, create }) => {
    if (!far.freezeAll) return;
    const transcriber = create();
    const errors = errorsOf(transcriber);
    const stream = transcriber.stream();
    void pushAudio(stream, [...voice(400), ...quiet(9_000)], 1).catch(() => undefined);
    await stream.next();
    far.freezeAll();
    for await (const _ of stream);
    expect(errors[0]?.code).toBe('unreachable');
  },
  'the audio that was sent is reported': async ({ context, create }, { provider, sendsUtterances }) => {
    const health = createProviderHealth();
    const free = provider.priceUnit === 'none';
    const standby = {
      name: provider.name as ProviderName,
      instance: create(),
      free,
      probe: () => Promise.resolve(true),
    };
    const ears = new FallbackTranscriber(
      new Standbys<Transcriber>({ role: 'stt', standbys: [standby], context, health }),
      () => undefined,
    );
    await listen(ears, utterance());
    health.close();
    const seconds = context.usages.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(context.usages[0]).toMatchObject({ role: 'stt', provider: provider.name, unit: 'audio_second' });
    if (sendsUtterances) expect(seconds).toBeGreaterThan(0.8);
    expect(seconds).toBeLessThan(1.75);
    if (!sendsUtterances) expect(seconds).toBeGreaterThan(1.65);
  },
  'hundreds of streams leave nothing behind': async ({ far, create }) => {
    const transcriber = create();
    const frames = voice(40);
    await expectNoLeak(transcriber as unknown as EventEmitter, async () => {
      const stream = transcriber.stream();
      for (const frame of frames) stream.pushFrame(frame);
      await new Promise((resolve) => {
        setTimeout(resolve, 4);
      });
      stream.close();
      for await (const _ of stream);
    });
    await vi.waitFor(() => expect(far.state.open).toBe(0), 3_000);
  },
};

/** Runs one rule on a fresh far end. */
export async function checkSttRule(rule: Rule, subject: SttSubject): Promise<void> {
  const far = await subject.start();
  const context = contextForTest();
  const created: Transcriber[] = [];
  const create = (more: Record<string, unknown> = {}) => {
    const options = subject.provider.options.parse({ url: far.url, ...subject.options, ...more });
    const transcriber = subject.provider.create(options, context) as Transcriber;
    transcriber.on('error', () => undefined);
    created.push(transcriber);
    return transcriber;
  };
  try {
    await rule({ far, context, create }, subject);
  } finally {
    await Promise.all(created.map((transcriber) => transcriber.close()));
    await far.close();
  }
}

/** @param notKept rules that a provider is known to break; each is tested to be broken still */
export function sttConformance(subject: SttSubject, notKept: readonly (keyof typeof sttRules)[] = []): void {
  describe(`${subject.provider.name} keeps the rules of recognition`, () => {
    const kept = Object.entries(sttRules).filter(([name]) => !notKept.includes(name));
    eachRule(Object.fromEntries(kept), (rule) => checkSttRule(rule, subject));
    expectDefectsNoticed(
      notKept.filter(isSteady).map((name) => [`not: ${name}`, name, subject]),
      (name, broken) => checkSttRule(sttRules[name]!, broken),
    );
  });
}

async function listen(transcriber: Transcriber, frames: ReturnType<typeof utterance>) {
  const errors = errorsOf(transcriber);
  const stream = transcriber.stream();
  void pushAudio(stream, frames).catch(() => undefined);
  const events: stt.SpeechEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, error: errors[0] };
}

function errorsOf(transcriber: Transcriber): ProviderError[] {
  const errors: ProviderError[] = [];
  transcriber.on('error', ({ error }) => errors.push(error as ProviderError));
  return errors;
}

async function firstFinal(stream: stt.SpeechStream): Promise<string | undefined> {
  for await (const { type, alternatives } of stream) if (type === FINAL_TRANSCRIPT) return alternatives?.[0].text;
  return undefined;
}

const texts = (events: stt.SpeechEvent[]) =>
  events.flatMap(({ type, alternatives }) => (type === FINAL_TRANSCRIPT && alternatives ? [alternatives[0].text] : []));
