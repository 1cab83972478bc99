import { AsyncIterableQueue } from '@livekit/agents';
import { z } from 'zod';
import type { BuildContext, Provider } from '../contract.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { pcmBytes } from '../engine/frames.ts';
import { checkEngine, requireEngine } from '../engine/require-engine.ts';
import { shortStart } from '../engine/short-start.ts';
import { FrameCutter } from '../pcm.ts';
import { speechChunks } from '../speech-chunks.ts';
import { type SpeakRequest, type Spoken, Voice } from '../voice.ts';

const options = z.strictObject({
  /** Pace; 1 is the voice's own, 1.2 is a fifth faster. */
  speed: z.number().min(0.5).max(2).default(1),
});
type Options = z.output<typeof options>;

/** The Piper voice joe in the engine of this host: US English, no key, no network. */
export const piperEmbeddedTts = {
  name: 'piper-embedded-tts',
  role: 'tts',
  title: 'Piper joe, US English, on this host',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: [],
  create: (chosen, context) => new PiperVoice(chosen, context),
  check: (_chosen, { engine, timeoutMs }) =>
    checkEngine('piper-embedded-tts', { engine, timeoutMs }, async (client, signal) => {
      const { firstAudioMs } = await client.synthesize('Hello.', { signal, onAudio: () => undefined });
      return `The voice is loaded; its first sound takes ${Math.round(firstAudioMs)} ms.`;
    }),
} as const satisfies Provider<'tts', typeof options>;

const sampleRateHz = 16_000;

class PiperVoice extends Voice {
  readonly label: string = piperEmbeddedTts.name;
  readonly #options: Options;
  readonly #engine: EngineClient;

  constructor(chosen: Options, context: BuildContext) {
    super(sampleRateHz);
    this.#options = chosen;
    this.#engine = requireEngine(piperEmbeddedTts.name, context.engine);
  }

  override get model(): string {
    return 'piper-en-us-joe';
  }

  override get provider(): string {
    return 'piper';
  }

  /** One chunk after the other: each takes a tenth of the time for which it sounds. */
  async *speak({ text, signal, started }: SpeakRequest): AsyncGenerator<Spoken> {
    let first = true;
    try {
      for await (const chunk of speechChunks(text)) {
        started();
        const [start, rest] = first ? shortStart(chunk.text) : [chunk.text, ''];
        yield* this.#say(start, { signal, first, ...(!rest && { end: chunk.end }) });
        if (rest) yield* this.#say(rest, { signal, first: false, end: chunk.end });
        first = false;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async *#say(
    text: string,
    { signal, first, end }: { signal: AbortSignal; first: boolean; end?: number },
  ): AsyncGenerator<Spoken> {
    const sound = new AsyncIterableQueue<Int16Array>();
    const cutter = new FrameCutter(sampleRateHz);
    const { speed } = this.#options;
    const synthesis = this.#engine
      .synthesize(text, { signal, first, speed, onAudio: (pcm) => sound.put(pcm) })
      .finally(() => sound.close());
    synthesis.catch(() => undefined);
    for await (const pcm of sound) for (const frame of cutter.push(pcmBytes(pcm))) yield { frame };
    await synthesis;
    for (const frame of cutter.flush()) yield end === undefined ? { frame } : { frame, characters: end };
  }
}
