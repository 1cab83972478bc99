import { stt } from '@livekit/agents';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import type { AnyProvider } from '../../pipelines/index.ts';
import { deepgramStt } from '../../pipelines/providers/deepgram-stt.ts';
import { flush, Transcriber, type TranscribeRequest } from '../../pipelines/wire/transcriber.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { deaf, expectDefectsNoticed, kept } from './expect-noticed.ts';
import { checkSttRule, type SttSubject, sttRules } from './stt-conformance.ts';

/** Each defect is built into a provider that otherwise keeps all rules; the named rule has to notice it. */
describe('the rules of recognition notice', () => {
  type Defect = (request: TranscribeRequest, sound: Transcriber) => AsyncGenerator<stt.SpeechEvent>;
  class Broken extends Transcriber {
    readonly #sound: Transcriber;
    readonly #defect: Defect;
    constructor(sound: Transcriber, defect: Defect) {
      super({ label: 'deepgram-stt' });
      this.#sound = sound;
      this.#defect = defect;
    }
    transcribe(request: TranscribeRequest) {
      return this.#defect(request, this.#sound);
    }
  }
  const subject = (defect: Defect, deadline = { connectTimeoutMs: 300 }): SttSubject => ({
    provider: {
      ...deepgramStt,
      create: (chosen: never, context: never) => new Broken(deepgramStt.create(chosen, context), defect),
    } as AnyProvider,
    start: startDeepgramDouble,
    options: { apiKey: 'key' },
    deadline,
  });
  const isFinal = ({ type }: stt.SpeechEvent) => type === stt.SpeechEventType.FINAL_TRANSCRIPT;
  const defects: [string, keyof typeof sttRules, SttSubject][] = [
    [
      'an interim result after the final one',
      'speech is announced, then told in parts, then finally, then ended',
      subject(async function* (request, sound) {
        let last: stt.SpeechEvent | undefined;
        for await (const event of sound.transcribe(request)) {
          yield event;
          if (event.type === stt.SpeechEventType.INTERIM_TRANSCRIPT) last = event;
          if (isFinal(event) && last) yield last;
        }
      }),
    ],
    [
      'an utterance that is told twice',
      'each utterance is told once, in order',
      subject(async function* (request, sound) {
        for await (const event of sound.transcribe(request)) {
          yield event;
          if (isFinal(event)) yield event;
        }
      }),
    ],
    [
      'a flush that is lost',
      'a flush brings the text without waiting for silence',
      subject((request, sound) =>
        sound.transcribe({
          ...request,
          audio: (async function* () {
            for await (const item of request.audio) if (item !== flush) yield item;
          })(),
        }),
      ),
    ],
    [
      'a rest that is lost',
      'the end of the audio brings the rest and ends the stream',
      subject(async function* (request, sound) {
        let ended = false;
        const audio = (async function* () {
          yield* request.audio;
          ended = true;
        })();
        for await (const event of sound.transcribe({ ...request, audio })) if (!ended) yield event;
      }),
    ],
    [
      'a connection that stays open',
      'closing a stream ends it at once and closes the connection',
      subject((request, sound) =>
        sound.transcribe({
          signal: deaf,
          audio: (async function* () {
            yield* request.audio;
            await sleep(60_000, undefined, { ref: false });
          })(),
        }),
      ),
    ],
    [
      'a missing deadline',
      'a server that does not answer is given up in time',
      subject((request, sound) => sound.transcribe(request), { connectTimeoutMs: 60_000 }),
    ],
    [
      'a broken connection that looks like an end',
      'a connection that breaks is reported, and the next stream works',
      subject(async function* (request, sound) {
        try {
          yield* sound.transcribe(request);
        } catch {
          // Swallowed: this is the defect.
        }
      }),
    ],
    [
      'audio that is not reported',
      'the audio that was sent is reported',
      {
        ...subject((request, sound) => sound.transcribe(request)),
        provider: {
          ...deepgramStt,
          create: (chosen: never, context: object) =>
            deepgramStt.create(chosen, { ...context, onUsage: undefined } as never),
        } as AnyProvider,
      },
    ],
    [
      'memory that is kept',
      'hundreds of streams leave nothing behind',
      subject((request, sound) => {
        kept.push(Array.from({ length: 2_000 }, () => request.signal));
        return sound.transcribe(request);
      }),
    ],
  ];
  expectDefectsNoticed(defects, (name, broken) => {
    const rule = sttRules[name];
    if (!rule) throw new Error(`No rule "${name}".`);
    return checkSttRule(rule, broken);
  });
});
