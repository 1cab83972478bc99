import { AsyncIterableQueue } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { BuildContext, Provider } from '../contract.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { pcmBytes } from '../engine/frames.ts';
import { checkEngine, requireEngine } from '../engine/require-engine.ts';
import { shortStart } from '../engine/short-start.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, Voice } from '../wire/voice.ts';

const options = z.strictObject({
  /** Pace; 1 is the voice's own, 1.2 is a fifth faster. */
  speed: z.number().min(0.5).max(2).default(1),
  /** Milliseconds from a sentence to its sound; beyond it the engine counts as stuck. */
  audioTimeoutMs: z.number().int().min(100).default(3_000),
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
  create: (chosen, context) => voice(chosen, context),
  check: (_chosen, { engine, timeoutMs }) =>
    checkEngine('piper-embedded-tts', { engine, timeoutMs }, async (client, signal) => {
      const { firstAudioMs } = await client.synthesize('Hello.', { signal, onAudio: () => undefined });
      return `The voice is loaded; its first sound takes ${Math.round(firstAudioMs)} ms.`;
    }),
} as const satisfies Provider<'tts', typeof options>;

const sampleRateHz = 16_000;

/** One sentence after the other: each takes a tenth of the time for which it sounds. */
function voice({ speed, audioTimeoutMs }: Options, context: BuildContext): Voice {
  const engine = requireEngine(piperEmbeddedTts.name, context.engine);
  const speak = (request: SpeakRequest) => {
    let first = true;
    const synthesize = (text: string, signal: AbortSignal) => {
      const pieces = first ? shortStart(text) : [text];
      const sound = say(engine, pieces, { signal, speed, first });
      first = false;
      return sound;
    };
    return sentenceRequests({ provider: piperEmbeddedTts.name, request, concurrency: 1, audioTimeoutMs, synthesize });
  };
  return Voice.of({ label: piperEmbeddedTts.name, model: 'piper-en-us-joe', provider: 'piper' }, speak, sampleRateHz);
}

async function* say(
  engine: EngineClient,
  pieces: readonly string[],
  { signal, speed, first }: { signal: AbortSignal; speed: number; first: boolean },
): AsyncGenerator<AudioFrame> {
  const cutter = new FrameCutter(sampleRateHz);
  for (const [index, text] of pieces.entries()) {
    if (!text) continue;
    const sound = new AsyncIterableQueue<Int16Array>();
    const onAudio = (pcm: Int16Array) => sound.put(pcm);
    const synthesis = engine
      .synthesize(text, { signal, speed, first: first && index === 0, onAudio })
      .finally(() => sound.close());
    synthesis.catch(() => undefined);
    for await (const pcm of sound) yield* cutter.push(pcmBytes(pcm));
    await synthesis;
  }
  yield* cutter.flush();
}
