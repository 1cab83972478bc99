import type { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import type { BuildContext, Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { frameSeconds, pcmBytes } from '../wire/pcm.ts';
import { type RollingServer, rollingRecognition, type RollingUpdate } from '../wire/rolling-recognition.ts';
import { Socket } from '../wire/socket.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';

const name = 'whisperlive-stt';

const options = z.strictObject({
  /** Address of the server; the path does not matter to it. */
  url: z.url({ protocol: /^wss?$/ }),
  /** Whisper model the server loads; one that ends in `.en` takes English only. */
  model: z.string().default('small'),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** What the server takes, which it does not announce: `int16` where it runs with `--raw_pcm_input`. */
  audioFormat: z.enum(['float32', 'int16']).default('float32'),
  /** Its `--api_key`, where it has one. */
  apiKey: z.string().optional(),
  /** Names and words to listen for. */
  hotwords: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endSilenceMs: z.number().int().min(100).max(2000).default(220),
  /** How long the text of an ended utterance may be waited for, milliseconds. */
  settleMs: z.number().int().min(100).default(1_200),
  connectTimeoutMs: z.number().int().min(100).default(2_000),
  /** Milliseconds until the server has its model ready. */
  readyTimeoutMs: z.number().int().min(100).default(10_000),
});
type Options = z.output<typeof options>;

/** collabora/WhisperLive: configuration first, then audio, and a rolling list of segments. */
export const whisperliveStt = {
  name,
  role: 'stt',
  title: 'WhisperLive',
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
    const server = await WhisperLiveServer.connect(chosen, language, signal);
    try {
      yield* rollingRecognition({ ...chosen, server, audio, language });
    } finally {
      server.close();
    }
  }
  return Transcriber.of({ label: name, model: chosen.model, provider: 'whisperlive' }, ({ audio, signal }) =>
    Attempt.stream({ provider: name, signal }, (attempt) => heard(audio, attempt)),
  );
}

const segment = z.object({
  /** Seconds, as text. */
  start: z.coerce.number(),
  end: z.coerce.number(),
  text: z.string(),
  completed: z.boolean().optional(),
});
const reply = z.object({
  message: z.union([z.string(), z.number()]).nullish(),
  status: z.string().nullish(),
  segments: z.array(segment).nullish(),
});

/** The connection, and the next one after the server's time limit per connection, on one timeline. */
class WhisperLiveServer implements RollingServer {
  readonly #options: Options;
  readonly #language: string;
  readonly #signal: AbortSignal;
  readonly #completed: { startSeconds: number; text: string }[] = [];
  #socket: Socket;
  /** Frames that come while no connection stands. */
  #waiting: AudioFrame[] | undefined;
  #partial = '';
  #text = '';
  #sentSeconds = 0;
  #offsetSeconds = 0;
  #finished = false;

  static async connect(chosen: Options, language: string, signal: AbortSignal): Promise<WhisperLiveServer> {
    const socket = await open(chosen, language, signal);
    return new WhisperLiveServer({ chosen, language, signal, socket });
  }

  private constructor(parts: { chosen: Options; language: string; signal: AbortSignal; socket: Socket }) {
    this.#options = parts.chosen;
    this.#language = parts.language;
    this.#signal = parts.signal;
    this.#socket = parts.socket;
  }

  send(frame: AudioFrame): void {
    if (this.#waiting) return void this.#waiting.push(frame);
    this.#sentSeconds += frameSeconds(frame);
    this.#socket.send(this.#options.audioFormat === 'int16' ? pcmBytes(frame).slice() : floatBytes(frame));
  }

  /** A binary frame with this text ends the stream; it does not make the server work out what it still has. */
  finish(): void {
    this.#finished = true;
    this.#socket.send(Buffer.from('END_OF_AUDIO'));
    this.close();
  }

  close(): void {
    this.#socket.close();
  }

  async *updates(): AsyncGenerator<RollingUpdate> {
    for (;;) {
      let limited = false;
      for await (const message of this.#socket.messages(reply)) {
        if (message.segments) yield this.#update(message.segments);
        limited = message.message === 'DISCONNECT';
        if (limited) break;
        refuse(message);
      }
      if (this.#finished) return;
      if (!limited)
        throw new ProviderError(
          'unreachable',
          name,
          'the server closed the connection while the call goes on. See its log (WHISPERLIVE_URL).',
        );
      await this.#reconnect();
    }
  }

  async #reconnect(): Promise<void> {
    this.#waiting = [];
    // The next connection does not hear this audio: its text has to do as it is.
    this.#completed.push({ startSeconds: this.#offsetSeconds, text: this.#partial });
    this.#partial = '';
    this.#offsetSeconds = this.#sentSeconds;
    this.#socket.close();
    this.#socket = await open(this.#options, this.#language, this.#signal);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const frame of waiting) this.send(frame);
  }

  /**
   * Completed segments come again in each message, and only the last may be incomplete. Their times are text. A segment that
   * says the same as the one before is dropped by the server when it is complete, although it was said twice.
   */
  #update(segments: z.output<typeof segment>[]): RollingUpdate {
    const [known, before] = [this.#completed.length, this.#partial];
    this.#partial = '';
    let coversSeconds = 0;
    for (const { start, end, text, completed } of segments) {
      const startSeconds = start + this.#offsetSeconds;
      coversSeconds = Math.max(coversSeconds, end + this.#offsetSeconds);
      if (!completed) this.#partial = text;
      else if (!this.#completed.some((each) => each.startSeconds === startSeconds && each.text === text))
        this.#completed.push({ startSeconds, text });
    }
    const isDropped = before && !this.#partial && this.#completed.length === known;
    if (isDropped && sameText(before, this.#completed.at(-1)?.text))
      this.#completed.push({ startSeconds: coversSeconds, text: before });
    const text = [...this.#completed.map((each) => each.text), this.#partial].join(' ');
    const isSame = text === this.#text;
    this.#text = text;
    return { text, coversSeconds, isSame };
  }
}

const sameText = (one: string, other = '') => one.trim().toLowerCase() === other.trim().toLowerCase();

async function open(chosen: Options, language: string, signal: AbortSignal): Promise<Socket> {
  const { url, apiKey, model, hotwords, connectTimeoutMs, readyTimeoutMs } = chosen;
  const attempt = new Attempt(name, signal, 'Check the server of WHISPERLIVE_URL, or raise the option readyTimeoutMs.');
  const socket = await Socket.open({
    provider: name,
    url,
    setting: 'WHISPERLIVE_URL',
    ...(apiKey && { headers: { Authorization: `Bearer ${apiKey}` } }),
    timeoutMs: connectTimeoutMs,
    signal,
    refused: ({ status }) =>
      status === 401
        ? new ProviderError('bad_key', name, 'the server wants another key. Set the option apiKey to its --api_key.')
        : new ProviderError(
            'protocol',
            name,
            `no WhisperLive answers there (HTTP ${status}). Correct WHISPERLIVE_URL.`,
          ),
  });
  try {
    const late = () => socket.fail(attempt.signal.reason as ProviderError);
    attempt.signal.addEventListener('abort', late, { once: true });
    attempt.expect('SERVER_READY', readyTimeoutMs);
    // The server ends the connection without a word when one of the first five is missing.
    const configuration = {
      uid: crypto.randomUUID(),
      language: language.split('-')[0],
      task: 'transcribe',
      model,
      use_vad: true,
      send_last_n_segments: 10,
      no_speech_thresh: 0.45,
      clip_audio: false,
      same_output_threshold: 10,
      ...(hotwords && { hotwords }),
    };
    socket.send(JSON.stringify(configuration));
    for (let isReady = false; !isReady;) {
      const message = await socket.next(reply);
      if (message === undefined)
        throw new ProviderError('protocol', name, 'the server closed the connection at once. Correct WHISPERLIVE_URL.');
      refuse(message);
      isReady = message.message === 'SERVER_READY';
    }
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    attempt.end();
  }
}

function refuse({ status, message }: z.output<typeof reply>): void {
  if (status === 'WAIT')
    throw new ProviderError(
      'server_full',
      name,
      `the server is full for about ${Number(message).toFixed(1)} minutes. Raise its --max_clients, or take fewer calls at once (PARLEY_MAX_CALLS).`,
      {
        retryAfterSeconds: Number(message) * 60,
      },
    );
  if (status !== 'ERROR') return;
  const isModel = /model/i.test(String(message));
  if (isModel) throw new ProviderError('model_not_found', name, `${message}. Correct WHISPERLIVE_MODEL.`);
  throw new ProviderError('provider_failed', name, `${message}.`);
}

function floatBytes({ data }: AudioFrame): Uint8Array {
  const floats = new Float32Array(data.length);
  for (let index = 0; index < data.length; index += 1) floats[index] = (data[index] ?? 0) / 32_768;
  return new Uint8Array(floats.buffer);
}

/** Opens a stream until the server is ready. */
async function tryServer(chosen: Options, timeoutMs: number): Promise<string> {
  const limits = { connectTimeoutMs: timeoutMs, readyTimeoutMs: timeoutMs };
  (await open({ ...chosen, ...limits }, chosen.language ?? 'en', AbortSignal.timeout(2 * timeoutMs))).close();
  return `The server is ready with ${chosen.model}.`;
}
