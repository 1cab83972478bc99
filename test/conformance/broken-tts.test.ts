import { AudioFrame } from '@livekit/rtc-node';
import { describe } from 'vitest';
import type { AnyProvider } from '../../pipelines/index.ts';
import { elevenlabsTts } from '../../pipelines/providers/elevenlabs-tts.ts';
import { flush } from '../../pipelines/wire/transcriber.ts';
import { type SpeakRequest, type Spoken, Voice } from '../../pipelines/wire/voice.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { expectDefectsNoticed, kept } from './expect-noticed.ts';
import { checkTtsRule, ttsRules, type TtsSubject } from './tts-conformance.ts';

/** Each defect is built into a provider that otherwise keeps all rules; the named rule has to notice it. */
describe('the rules of voices notice', () => {
  type Defect = (request: SpeakRequest, sound: Voice) => AsyncGenerator<Spoken>;
  class Broken extends Voice {
    readonly #sound: Voice;
    readonly #defect: Defect;
    constructor(sound: Voice, defect: Defect) {
      super({ label: 'elevenlabs-tts' });
      this.#sound = sound;
      this.#defect = defect;
    }
    speak(request: SpeakRequest) {
      return this.#defect(request, this.#sound);
    }
    override close() {
      return this.#sound.close();
    }
  }
  type Far = Awaited<ReturnType<typeof startElevenLabsDouble>>;
  const subject = (defect: Defect, options: Record<string, unknown> = {}): TtsSubject<Far> => ({
    provider: {
      ...elevenlabsTts,
      create: (chosen: object, context: never) =>
        new Broken(elevenlabsTts.create({ ...chosen, ...options } as never, context), defect),
    } as AnyProvider,
    start: () => startElevenLabsDouble({ speedUp: 60 }),
    options: { apiKey: 'key' },
    hang: ({ behaviour }) => (behaviour.stallAfterMs = 0),
    breakMidway: ({ behaviour }) => (behaviour.breakAfterMs = 500),
    mend: () => undefined,
    standingConnections: 1,
  });
  const defects: [string, keyof typeof ttsRules, TtsSubject<Far>][] = [
    [
      'sound that is lost',
      'all of a text is spoken, in order',
      subject(async function* (request, sound) {
        let count = 0;
        for await (const spoken of sound.speak(request)) if ((count += 1) % 5 !== 0) yield spoken;
      }),
    ],
    [
      'frames that share a buffer',
      'each frame owns its buffer, and is not longer than a tenth of a second',
      subject(async function* (request, sound) {
        const shared = new Int16Array(16_000);
        for await (const { frame } of sound.speak(request)) {
          shared.set(frame.data, 100);
          const data = shared.subarray(100, 100 + frame.data.length);
          yield { frame: new AudioFrame(data, frame.sampleRate, 1, data.length) };
        }
      }),
    ],
    [
      'a voice that waits for the whole text',
      'the first sentence sounds while the second is still being written',
      subject(async function* (request, sound) {
        let text = '';
        for await (const item of request.text) if (item !== flush) text += item;
        const all = (async function* () {
          yield text;
        })();
        yield* sound.speak({ ...request, text: all });
      }),
    ],
    [
      'a flush that is lost',
      'a flush speaks what is there',
      subject((request, sound) =>
        sound.speak({
          ...request,
          text: (async function* () {
            for await (const item of request.text) if (item !== flush) yield item;
          })(),
        }),
      ),
    ],
    [
      'a missing deadline',
      'a voice that never sounds is given up in time',
      subject((request, sound) => sound.speak(request), { audioTimeoutMs: 60_000 }),
    ],
    [
      'a broken connection that looks like an end',
      'a connection that breaks is reported, and the next answer works',
      subject(async function* (request, sound) {
        try {
          yield* sound.speak(request);
        } catch {
          // Swallowed: this is the defect.
        }
      }),
    ],
    [
      'characters that are reported twice',
      'the characters that were sent are reported once',
      {
        ...subject((request, sound) => sound.speak(request)),
        provider: {
          ...elevenlabsTts,
          create: (chosen: never, context: { onUsage?: (usage: unknown) => void }) =>
            elevenlabsTts.create(chosen, {
              ...context,
              onUsage: (usage: unknown) => [1, 2].forEach(() => context.onUsage?.(usage)),
            } as never),
        } as AnyProvider,
      },
    ],
    [
      'sound that is kept',
      'hundreds of answers leave nothing behind',
      subject(async function* (request, sound) {
        for await (const spoken of sound.speak(request)) {
          for (let copy = 0; copy < 20; copy += 1) kept.push([...spoken.frame.data]);
          yield spoken;
        }
      }),
    ],
  ];
  expectDefectsNoticed(defects, (name, broken) => {
    const rule = ttsRules[name];
    if (!rule) throw new Error(`No rule "${name}".`);
    return checkTtsRule(rule, broken);
  });
});
