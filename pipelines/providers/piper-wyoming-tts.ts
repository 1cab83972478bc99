import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import type { AudioFrame } from '@livekit/rtc-node';
import type { CheckResult, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { playableRateHz } from '../wire/sample-format.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';

const name = 'piper-wyoming-tts';

const options = z.strictObject({
  /** Address of the server, such as `tcp://gpu-box:10200`. */
  url: z.url({ protocol: /^tcp$/ }),
  /** A voice of the server. */
  voice: z.string().optional(),
  /** A speaker of a voice that has several. */
  speaker: z.string().optional(),
  /** Sentences of one answer that are asked for at once, each over a connection of its own. */
  concurrency: z.number().int().min(1).max(8).default(2),
  /** Milliseconds from a sentence to its sound. */
  audioTimeoutMs: z.number().int().min(100).default(3_000),
});
type Options = z.output<typeof options>;

/** Piper by the Wyoming protocol: sound comes in pieces while the sentence is still being spoken. */
export const piperWyomingTts = {
  name,
  role: 'tts',
  title: 'Piper over Wyoming',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: (chosen) => new PiperWyomingVoice(chosen),
  check,
} as const satisfies Provider<'tts', typeof options>;

class PiperWyomingVoice extends Voice {
  readonly label = name;
  readonly #options: Options;

  constructor(chosen: Options) {
    super(22_050);
    this.#options = chosen;
  }

  override get model(): string {
    return this.#options.voice ?? 'default';
  }

  override get provider(): string {
    return 'piper';
  }

  speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const { concurrency, audioTimeoutMs } = this.#options;
    const synthesize = (text: string, signal: AbortSignal) => this.#synthesize(text, signal);
    return sentenceRequests({ provider: name, setting: 'PIPER_URL', request, concurrency, audioTimeoutMs, synthesize });
  }

  async *#synthesize(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
    const { voice, speaker } = this.#options;
    const chosen = voice || speaker ? { voice: { ...(voice && { name: voice }), ...(speaker && { speaker }) } } : {};
    let cutter: FrameCutter | undefined;
    for await (const { type, data, payload } of ask(this.#options.url, 'synthesize', { text, ...chosen }, signal)) {
      if (type === 'error')
        throw new ProviderError('provider_failed', name, `the server reports: ${String(data['text'])}.`);
      // The format stands with the start and with each piece; a start has no sound.
      if (type === 'audio-start' || type === 'audio-chunk') {
        const hz = rateHz(data);
        cutter ??= new FrameCutter(hz);
        yield* cutter.push(payload);
      }
      if (type !== 'audio-stop') continue;
      yield* cutter?.flush() ?? [];
      return;
    }
    throw new ProviderError('unreachable', name, 'the server closed the connection in the middle of a sentence.');
  }
}

const source = { provider: name, cure: 'Correct PIPER_URL, or take another voice: PIPER_VOICE.' };

/** @throws ProviderError `bad_audio_format` */
function rateHz({ rate, width, channels }: Event['data']): number {
  return playableRateHz({ rateHz: Number(rate), channels: Number(channels), bits: 8 * Number(width) }, source);
}

type Event = { type: string; data: Record<string, unknown>; payload: Uint8Array };

/** One request on a connection of its own, and the events that answer it. Ends when the server closes. */
async function* ask(
  url: string,
  type: string,
  data: Record<string, unknown>,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port || 10_200), noDelay: true, signal });
  try {
    socket.write(`${JSON.stringify({ type, data })}\n`);
    yield* events(socket);
  } catch (error) {
    signal.throwIfAborted();
    throw networkFailure(error, { provider: name, url, setting: 'PIPER_URL' });
  } finally {
    socket.destroy();
  }
}

/** An event is a line of JSON, then as many bytes of more JSON and of payload as the line says. */
async function* events(socket: Socket): AsyncGenerator<Event> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of socket as AsyncIterable<Buffer>) {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    for (let lineEnd = bytes.indexOf('\n'); lineEnd >= 0; lineEnd = bytes.indexOf('\n')) {
      const line = JSON.parse(bytes.subarray(0, lineEnd).toString()) as {
        type: string;
        data?: Record<string, unknown>;
        data_length?: number;
        payload_length?: number;
      };
      const dataEnd = lineEnd + 1 + (line.data_length ?? 0);
      const end = dataEnd + (line.payload_length ?? 0);
      if (bytes.length < end) break;
      const more = line.data_length ? (JSON.parse(bytes.subarray(lineEnd + 1, dataEnd).toString()) as object) : {};
      yield { type: line.type, data: { ...line.data, ...more }, payload: bytes.subarray(dataEnd, end) };
      bytes = bytes.subarray(end);
    }
  }
}

/** Asks what the server is and which voices it has, then has one word spoken. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    await checkVoice(chosen, AbortSignal.timeout(timeoutMs));
    const rateHz = await firstSound(new PiperWyomingVoice(chosen), { setting: 'PIPER_URL', timeoutMs });
    return { ok: true, latencyMs: latencyMs(), message: `The voice speaks at ${rateHz} Hz.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: 'PIPER_URL' });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}

async function checkVoice({ url, voice }: Options, signal: AbortSignal): Promise<void> {
  for await (const { type, data } of ask(url, 'describe', {}, signal)) {
    if (type !== 'info') continue;
    const programs = (data['tts'] ?? []) as { voices?: { name: string }[] }[];
    const voices = programs.flatMap((program) => program.voices ?? []).map(({ name: known }) => known);
    if (!voice || voices.includes(voice)) return;
    throw new ProviderError(
      'voice_not_found',
      name,
      `the server has no voice ${voice}, but ${voices.join(', ')}. Correct PIPER_VOICE.`,
    );
  }
  throw new ProviderError('protocol', name, 'no Wyoming server answers there. Correct PIPER_URL.');
}
