import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import type { AudioFrame } from '@livekit/rtc-node';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { firstSound } from '../fallback/first-sound.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { parsed } from '../wire/parsed.ts';
import { playableRateHz } from '../wire/sample-format.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { type SpeakRequest, Voice } from '../wire/voice.ts';

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
  create: voiceOf,
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (signal) => tryVoice(chosen, timeoutMs, signal),
      (error) => networkFailure(error, { provider: name, url: chosen.url, setting: 'PIPER_URL' }),
    ),
} as const satisfies Provider<'tts', typeof options>;

function voiceOf(chosen: Options): Voice {
  const synthesize = (text: string, signal: AbortSignal) => sound(chosen, text, signal);
  const speak = (request: SpeakRequest) =>
    sentenceRequests({ ...chosen, provider: name, setting: 'PIPER_URL', request, synthesize });
  return Voice.of({ label: name, model: chosen.voice ?? 'default', provider: 'piper' }, speak, 22_050);
}

async function* sound({ url, voice, speaker }: Options, text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
  const chosen = voice || speaker ? { voice: { ...(voice && { name: voice }), ...(speaker && { speaker }) } } : {};
  let cutter: FrameCutter | undefined;
  for await (const { type, data, payload } of ask(url, 'synthesize', { text, ...chosen }, signal)) {
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

const server = { provider: name, setting: 'PIPER_URL' };
const fields = z.record(z.string(), z.unknown());
const length = z.number().int().min(0).default(0);
const head = z.object({ type: z.string(), data: fields.nullish(), data_length: length, payload_length: length });
const info = z.array(z.object({ voices: z.array(z.object({ name: z.string() })).default([]) })).catch([]);

/** An event is a line of JSON, then as many bytes of more JSON and of payload as the line says. */
async function* events(socket: Socket): AsyncGenerator<Event> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of socket as AsyncIterable<Buffer>) {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    for (let lineEnd = bytes.indexOf('\n'); lineEnd >= 0; lineEnd = bytes.indexOf('\n')) {
      const line = parsed(head, bytes.subarray(0, lineEnd).toString(), server);
      const dataEnd = lineEnd + 1 + line.data_length;
      const end = dataEnd + line.payload_length;
      if (bytes.length < end) break;
      const more = line.data_length ? parsed(fields, bytes.subarray(lineEnd + 1, dataEnd).toString(), server) : {};
      yield { type: line.type, data: { ...line.data, ...more }, payload: bytes.subarray(dataEnd, end) };
      bytes = bytes.subarray(end);
    }
  }
}

/** Asks what the server is and which voices it has, then has one word spoken. */
async function tryVoice(chosen: Options, timeoutMs: number, signal: AbortSignal): Promise<string> {
  await checkVoice(chosen, signal);
  const hz = await firstSound(voiceOf(chosen), { setting: 'PIPER_URL', timeoutMs });
  return `The voice speaks at ${hz} Hz.`;
}

async function checkVoice({ url, voice }: Options, signal: AbortSignal): Promise<void> {
  for await (const { type, data } of ask(url, 'describe', {}, signal)) {
    if (type !== 'info') continue;
    const voices = info.parse(data['tts']).flatMap((program) => program.voices.map(({ name: known }) => known));
    if (!voice || voices.includes(voice)) return;
    throw new ProviderError(
      'voice_not_found',
      name,
      `the server has no voice ${voice}, but ${voices.join(', ')}. Correct PIPER_VOICE.`,
    );
  }
  throw new ProviderError('protocol', name, 'no Wyoming server answers there. Correct PIPER_URL.');
}
