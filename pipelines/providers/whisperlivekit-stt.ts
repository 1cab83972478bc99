import type { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import type { BuildContext, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { frameSeconds, Packer } from '../wire/pcm.ts';
import { type RollingServer, rollingRecognition, type RollingUpdate } from '../wire/rolling-recognition.ts';
import { Socket } from '../wire/socket.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';

const name = 'whisperlivekit-stt';

const options = z.strictObject({
  /** Address of the server; `/asr` is added where it has no path. */
  url: z.url({ protocol: /^wss?$/ }),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Its `--api-token`, where it has one. */
  apiKey: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endSilenceMs: z.number().int().min(100).max(2000).default(220),
  /** How long the text of an ended utterance may be waited for, milliseconds. */
  settleMs: z.number().int().min(100).default(1_000),
  connectTimeoutMs: z.number().int().min(100).default(2_000),
});
type Options = z.output<typeof options>;

/** QuentinFuxa/WhisperLiveKit, path `/asr`: the server speaks first, and tells all lines of the stream each time. */
export const whisperlivekitStt = {
  name,
  role: 'stt',
  title: 'WhisperLiveKit',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: transcriber,
  check: (chosen, { timeoutMs }) => timedCheck(timeoutMs, () => tryServer(chosen, timeoutMs)),
} as const satisfies Provider<'stt', typeof options>;

function transcriber(chosen: Options, context: BuildContext): Transcriber {
  const language = chosen.language ?? context.language;
  async function* heard(audio: TranscribeRequest['audio'], { signal }: Attempt): AsyncGenerator<stt.SpeechEvent> {
    const socket = await open(chosen, language, signal);
    try {
      yield* rollingRecognition({ ...chosen, server: new WhisperLiveKitServer(socket), audio, language });
    } finally {
      socket.close();
    }
  }
  return Transcriber.of({ label: name, provider: 'whisperlivekit' }, ({ audio, signal }) =>
    Attempt.stream({ provider: name, signal }, (attempt) => heard(audio, attempt)),
  );
}

const reply = z.object({
  type: z.string().nullish(),
  useAudioWorklet: z.boolean().nullish(),
  error: z.string().nullish(),
  lines: z.array(z.object({ speaker: z.number().nullish(), text: z.string().nullish() })).nullish(),
  buffer_transcription: z.string().nullish(),
  remaining_time_transcription: z.number().nullish(),
  remaining_time_transcription_processing: z.number().nullish(),
});
type Reply = z.output<typeof reply>;

const packetMs = 50;
/** Speaker of the lines that stand for silence. */
const silenceSpeaker = -2;

class WhisperLiveKitServer implements RollingServer {
  readonly #socket: Socket;
  readonly #packer = new Packer(packetMs);
  #sentSeconds = 0;
  /** When the first samples went out. */
  #startedAtMs: number | undefined;
  #finished = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(frame: AudioFrame): void {
    this.#sentSeconds += frameSeconds(frame);
    for (const packet of this.#packer.push(frame)) {
      this.#startedAtMs ??= performance.now();
      this.#socket.send(packet);
    }
  }

  /**
   * The first figure is the time since the first samples, less what is worked out: wrong before the first pass, when it is 0,
   * and no audio position where audio was heard again in one go. The second counts audio, but only what has arrived.
   */
  #coversSeconds({ remaining_time_transcription: byClock, remaining_time_transcription_processing: byAudio }: Reply) {
    const elapsedSeconds = this.#startedAtMs === undefined ? 0 : (performance.now() - this.#startedAtMs) / 1000;
    return Math.min(elapsedSeconds - (byClock ?? 0), this.#sentSeconds - (byAudio ?? 0));
  }

  /** An empty frame asks for the rest, which ends with `ready_to_stop`. */
  finish(): void {
    this.#finished = true;
    for (const packet of this.#packer.flush()) this.#socket.send(packet);
    this.#socket.send(new Uint8Array(0));
  }

  /** What the lines hold stays; the buffer is still being worked out. */
  async *updates(): AsyncGenerator<RollingUpdate> {
    for await (const message of this.#socket.messages(reply)) {
      if (message.type === 'ready_to_stop') return;
      if (message.error) throw refusal(message.error);
      if (!message.lines) continue;
      const spoken = message.lines.filter(({ speaker }) => speaker !== silenceSpeaker).map(({ text }) => text ?? '');
      yield {
        text: [...spoken, message.buffer_transcription ?? ''].join(' '),
        coversSeconds: this.#coversSeconds(message),
        isSettled: message.lines.at(-1)?.speaker === silenceSpeaker && !message.buffer_transcription,
      };
    }
    if (!this.#finished)
      throw new ProviderError(
        'unreachable',
        name,
        'the server closed the connection while the call goes on. See its log (WHISPERLIVEKIT_URL).',
      );
  }
}

async function open(chosen: Options, language: string, signal: AbortSignal): Promise<Socket> {
  const address = new URL(chosen.url);
  if (address.pathname === '/') address.pathname = '/asr';
  address.searchParams.set('language', language.split('-')[0] ?? 'auto');
  address.searchParams.set('mode', 'full');
  if (chosen.apiKey) address.searchParams.set('token', chosen.apiKey);
  const attempt = new Attempt(
    name,
    signal,
    'Check the server of WHISPERLIVEKIT_URL, or raise the option connectTimeoutMs.',
  );
  const socket = await Socket.open({
    provider: name,
    url: address.href,
    setting: 'WHISPERLIVEKIT_URL',
    timeoutMs: chosen.connectTimeoutMs,
    signal,
    refused: ({ status }) =>
      status === 403
        ? new ProviderError(
            'bad_key',
            name,
            'the server wants a token. Set the option apiKey to its --api-token, or correct the path of WHISPERLIVEKIT_URL.',
          )
        : new ProviderError(
            'protocol',
            name,
            `no WhisperLiveKit answers there (HTTP ${status}). Correct WHISPERLIVEKIT_URL.`,
          ),
    closed: (code, reason) =>
      code === 1000
        ? undefined
        : new ProviderError('unreachable', name, `the server closed the connection (${code} ${reason}).`),
  });
  try {
    attempt.signal.addEventListener('abort', () => socket.fail(attempt.signal.reason as ProviderError), { once: true });
    attempt.expect('greeting of the server', chosen.connectTimeoutMs);
    const greeting = await socket.next(reply);
    if (greeting?.error) throw refusal(greeting.error);
    if (greeting?.type !== 'config')
      throw new ProviderError('protocol', name, 'the server is not WhisperLiveKit. Correct WHISPERLIVEKIT_URL.');
    if (!greeting.useAudioWorklet)
      throw new ProviderError(
        'bad_audio_format',
        name,
        'the server of WHISPERLIVEKIT_URL expects a recording, not samples. Start it with --pcm-input.',
      );
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    attempt.end();
  }
}

function refusal(message: string): ProviderError {
  return new ProviderError('provider_failed', name, `the server reports: ${message}.`, { retryable: false });
}

/** Opens a stream until the server has greeted. */
async function tryServer(chosen: Options, timeoutMs: number): Promise<string> {
  const limited = { ...chosen, connectTimeoutMs: timeoutMs };
  (await open(limited, chosen.language ?? 'en', AbortSignal.timeout(2 * timeoutMs))).close();
  return 'The server takes samples.';
}
