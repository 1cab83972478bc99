import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../errors.ts';
import { createFrameReader, encodeFrame, pcmBytes, pcmSamples } from './frames.ts';
import { type ChatMessage, type EngineFeatures, type EngineReply, type EngineWork, replySchema } from './messages.ts';

/**
 * The models of this host, from any of its processes. All PCM is mono, signed 16 bit, 16 kHz. Every method rejects with
 * the signal's reason when aborted, and with a `ProviderError` otherwise: `server_full` at once when too much waits,
 * `unreachable` when the engine is away (it is retryable: the engine comes back), `not_configured` without the model.
 */
export type EngineClient = {
  /** Text of speech, empty when there is none. `onlyWhenIdle` asks for a result nobody would miss. */
  transcribe(
    pcm: Int16Array,
    options?: { signal?: AbortSignal | undefined; onlyWhenIdle?: boolean },
  ): Promise<{ text: string; decodeMs: number }>;
  /** Speaks a text. `first: false` lets the first words of other replies go before. */
  synthesize(
    text: string,
    options: {
      signal?: AbortSignal | undefined;
      first?: boolean;
      /** 1 is the voice's own pace. */
      speed?: number;
      onAudio: (pcm: Int16Array) => void;
    },
  ): Promise<{ sampleRateHz: number; firstAudioMs: number }>;
  /** Probability, 0 to 1, that the speaker of the last 1.2 s has finished. */
  endOfTurn(pcm: Int16Array, options?: { signal?: AbortSignal | undefined }): Promise<number>;
  generate(options: {
    messages: readonly ChatMessage[];
    maxTokens: number;
    temperature: number;
    /** Names the conversation, so that what was said is not evaluated again. */
    conversation: string;
    signal?: AbortSignal | undefined;
    onText: (text: string) => void;
  }): Promise<{ promptTokens: number; completionTokens: number }>;
  /** What the engine can do; waits for the connection. */
  features(options?: { signal?: AbortSignal | undefined }): Promise<EngineFeatures>;
  close(): void;
};

type Reply<Event extends EngineReply['event']> = Extract<EngineReply, { event: Event }>;

type Pending = {
  provider: string;
  onAudio?: ((pcm: Int16Array) => void) | undefined;
  onText?: ((text: string) => void) | undefined;
  resolve: (result: Record<string, unknown>) => void;
  reject: (error: Error) => void;
};

type Connection = { socket: Socket; features: EngineFeatures };

const providers = {
  transcribe: 'moonshine-stt',
  synthesize: 'piper-embedded-tts',
  endOfTurn: 'end-of-turn',
  generate: 'embedded-llm',
} as const satisfies Record<EngineWork['op'], string>;

/** A restart of the engine takes about 2 s. */
const connectedWithinMs = 5000;
/** Requests that wait for a connection; each waits for 5 s at most. */
const maxWaiting = 256;
const reconnectDelaysMs = [50, 100, 200, 400, 800];

/** Connects to the engine at `socketPath`, and again whenever the connection is lost, until `close`. */
export function connectEngine(socketPath: string): EngineClient {
  const closing = new AbortController();
  const pending = new Map<number, Pending>();
  let current: Connection | undefined;
  let nextConnection = Promise.withResolvers<Connection>();
  let waiting = 0;
  let nextId = 0;

  const unreachable = (provider: string, cause?: unknown) =>
    new ProviderError('unreachable', provider, 'the engine of the embedded models is not running or is starting.', {
      cause,
    });

  function onReply(reply: EngineReply, payload: Buffer): void {
    if (reply.event === 'hello') return;
    const request = pending.get(reply.id);
    if (!request) return;
    try {
      if (reply.event === 'audio') return request.onAudio?.(pcmSamples(payload));
      if (reply.event === 'text') return request.onText?.(reply.text);
    } catch (error) {
      // What one listener does wrong is not to end the requests of the others.
      request.reject(error as Error);
    }
    pending.delete(reply.id);
    if (reply.event === 'done') request.resolve(reply.result);
    if (reply.event === 'error') request.reject(engineError(reply, request.provider));
  }

  /** Resolves when the connection has ended. */
  function connectOnce(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(socketPath);
      const read = createFrameReader();
      let greeted = false;
      const leave = () => socket.destroy();
      closing.signal.addEventListener('abort', leave, { once: true });
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        try {
          for (const frame of read(chunk as Buffer)) {
            const reply = replySchema.parse(frame.header);
            if (reply.event === 'hello') {
              greeted = true;
              current = { socket, features: reply.features };
              nextConnection.resolve(current);
            } else onReply(reply, frame.payload);
          }
        } catch {
          socket.destroy();
        }
      });
      socket.on('close', () => {
        closing.signal.removeEventListener('abort', leave);
        if (greeted) nextConnection = Promise.withResolvers();
        current = undefined;
        for (const [id, request] of pending) {
          pending.delete(id);
          request.reject(unreachable(request.provider));
        }
        resolve(greeted);
      });
    });
  }

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted;) {
      failures = (await connectOnce()) ? 0 : failures + 1;
      const delayMs = reconnectDelaysMs[Math.min(failures, reconnectDelaysMs.length - 1)];
      await delay(delayMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }
  void stayConnected();

  /** The connection, or the next one if it comes within 5 s. */
  async function connection(provider: string, signal: AbortSignal | undefined): Promise<Connection> {
    signal?.throwIfAborted();
    if (current) return current;
    if (closing.signal.aborted) throw unreachable(provider);
    if (waiting >= maxWaiting)
      throw new ProviderError('server_full', provider, 'too much waits for the engine already.');
    const giveUp = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
    const answered = new AbortController();
    waiting++;
    try {
      const late = delay(connectedWithinMs, undefined, { signal: AbortSignal.any([giveUp, answered.signal]) });
      const found = await Promise.race([nextConnection.promise, late.catch(() => undefined)]);
      signal?.throwIfAborted();
      if (!found) throw unreachable(provider);
      return found;
    } finally {
      waiting--;
      answered.abort();
    }
  }

  async function request(
    work: DistributedOmit<EngineWork, 'id'>,
    options: {
      pcm?: Int16Array;
      signal?: AbortSignal | undefined;
      onAudio?: (pcm: Int16Array) => void;
      onText?: (text: string) => void;
    },
  ): Promise<Record<string, unknown>> {
    const { signal, onAudio, onText } = options;
    const provider = providers[work.op];
    const { socket } = await connection(provider, signal);
    const id = nextId++;
    const abort = () => {
      const aborted = pending.get(id);
      if (!aborted) return;
      pending.delete(id);
      socket.write(encodeFrame({ op: 'cancel', id }));
      aborted.reject(signal?.reason as Error);
    };
    try {
      return await new Promise((resolve, reject) => {
        pending.set(id, { provider, onAudio, onText, resolve, reject });
        signal?.addEventListener('abort', abort, { once: true });
        socket.write(encodeFrame({ ...work, id }, options.pcm && pcmBytes(options.pcm)));
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  return {
    async transcribe(pcm, { signal, onlyWhenIdle = false } = {}) {
      return (await request({ op: 'transcribe', onlyWhenIdle }, { pcm, signal })) as { text: string; decodeMs: number };
    },
    async synthesize(text, { signal, first = true, speed = 1, onAudio }) {
      const result = await request({ op: 'synthesize', text, first, speed }, { signal, onAudio });
      return result as { sampleRateHz: number; firstAudioMs: number };
    },
    async endOfTurn(pcm, { signal } = {}) {
      const { probability } = await request({ op: 'endOfTurn' }, { pcm, signal });
      return probability as number;
    },
    async generate({ signal, onText, messages, ...rest }) {
      const result = await request({ op: 'generate', messages: [...messages], ...rest }, { signal, onText });
      return result as { promptTokens: number; completionTokens: number };
    },
    async features({ signal } = {}) {
      return (await connection('engine', signal)).features;
    },
    close: () => closing.abort(),
  };
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function engineError(reply: Reply<'error'>, provider: string): ProviderError {
  return new ProviderError(reply.code, provider, reply.message);
}
