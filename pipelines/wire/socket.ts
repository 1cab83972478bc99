import { AsyncIterableQueue } from '@livekit/agents';
import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { parsed } from './parsed.ts';

type Refusal = { status: number; headers: IncomingHttpHeaders; body: string };

export type SocketOptions = {
  provider: string;
  url: string;
  /** The setting that holds the address, for messages. */
  setting: string;
  headers?: Record<string, string>;
  timeoutMs: number;
  signal: AbortSignal;
  /** What an HTTP answer instead of a socket means. */
  refused: (refusal: Refusal) => ProviderError;
  /** What the server's close means; undefined is a normal end. */
  closed?: (code: number, reason: string) => ProviderError | undefined;
};

const heartbeatMs = 1_000;
const mostMissedBeats = 2;
const bufferLimitBytes = 1_000_000;

/** A WebSocket of one attempt. A connection on which nothing came for two heartbeats, not even a pong, counts as broken. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #options: SocketOptions;
  readonly #queue = new AsyncIterableQueue<string>();
  #heartbeat: NodeJS.Timeout | undefined;
  #failure: ProviderError | undefined;
  #missedBeats = 0;

  /** @throws ProviderError */
  static async open(options: SocketOptions): Promise<Socket> {
    options.signal.throwIfAborted();
    const socket = new Socket(options);
    try {
      await socket.#opened();
    } catch (error) {
      socket.#end();
      options.signal.throwIfAborted();
      throw error;
    }
    return socket;
  }

  /** Listens before the handshake is over: a server that speaks first does so in the same packet. */
  private constructor(options: SocketOptions) {
    const { url, headers, timeoutMs, signal } = options;
    const socket = new WebSocket(url, { headers, handshakeTimeout: timeoutMs, perMessageDeflate: false });
    this.#socket = socket;
    this.#options = options;
    const abort = () => this.#end();
    signal.addEventListener('abort', abort, { once: true });
    socket.on('message', (data: Buffer) => {
      this.#missedBeats = 0;
      if (!this.#queue.closed) this.#queue.put(data.toString());
    });
    socket.on('pong', () => {
      this.#missedBeats = 0;
    });
    socket.on('error', (error) => this.fail(networkFailure(error, options)));
    socket.once('close', (code, reason) => {
      const failure = this.#closeMeans(code, reason.toString());
      if (failure) this.fail(failure);
      this.#end();
      signal.removeEventListener('abort', abort);
    });
  }

  #opened(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.once('open', () => {
        this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
        this.#heartbeat.unref();
        resolve();
      });
      socket.once('close', () => reject(this.#failure ?? this.#broken('the connection did not come about')));
      socket.once('unexpected-response', (request, response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        const done = () => {
          const body = Buffer.concat(parts).toString();
          const { statusCode: status = 0, headers } = response;
          reject(this.#options.refused({ status, headers, body }));
          request.destroy();
        };
        response.once('end', done).once('error', done);
      });
    });
  }

  #beat(): void {
    this.#missedBeats += 1;
    if (this.#missedBeats > mostMissedBeats) this.fail(this.#broken('the connection is half open: nothing came back'));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && !this.#queue.closed;
  }

  /** Silently dropped once the socket has ended: the reader learns why. */
  send(data: string | Uint8Array): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > bufferLimitBytes) this.fail(this.#broken('the server takes no more data'));
    else this.#socket.send(data);
  }

  /** What the server says, until it closes. @throws ProviderError when it closed for a reason, or says what is no such message */
  async *messages<M>(schema: z.ZodType<M>): AsyncGenerator<M> {
    for (let message = await this.next(schema); message !== undefined; message = await this.next(schema)) yield message;
  }

  /** The next message, undefined at the end. The rest stays for `messages`. @throws ProviderError */
  async next<M>(schema: z.ZodType<M>): Promise<M | undefined> {
    const { value, done } = await this.#queue.next();
    if (!done) return parsed(schema, value, this.#options);
    this.#options.signal.throwIfAborted();
    if (this.#failure) throw this.#failure;
    return undefined;
  }

  fail(error: ProviderError): void {
    this.#failure ??= error;
    this.#end();
  }

  /** Ends it in the normal way. Idempotent. */
  close(): void {
    this.#end();
  }

  #end(): void {
    clearInterval(this.#heartbeat);
    if (!this.#queue.closed) this.#queue.close();
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.close(1000);
      setTimeout(() => this.#socket.terminate(), 1_000).unref();
    } else if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
  }

  #closeMeans(code: number, reason: string): ProviderError | undefined {
    if (this.#queue.closed) return undefined;
    if (this.#options.closed) return this.#options.closed(code, reason);
    return code === 1000 ? undefined : this.#broken(`the server closed the connection (${code} ${reason})`);
  }

  #broken(message: string): ProviderError {
    const { provider, setting } = this.#options;
    return new ProviderError('unreachable', provider, `${message}. Check the network and the server of ${setting}.`);
  }
}
