import { AsyncIterableQueue } from '@livekit/agents';
import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import { ProviderError } from './errors.ts';
import { networkFailure } from './failure.ts';

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

const heartbeatMs = 1_500;
const mostMissedBeats = 2;
const bufferLimitBytes = 1_000_000;

/** A WebSocket of one attempt. A connection on which nothing came for two heartbeats, not even a pong, counts as broken. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #options: SocketOptions;
  readonly #queue = new AsyncIterableQueue<string | Buffer>();
  readonly #heartbeat: NodeJS.Timeout;
  #failure: ProviderError | undefined;
  #missedBeats = 0;

  /** @throws ProviderError */
  static async open(options: SocketOptions): Promise<Socket> {
    const { url, headers, timeoutMs, signal, provider, setting } = options;
    signal.throwIfAborted();
    const socket = new WebSocket(url, { headers, handshakeTimeout: timeoutMs, perMessageDeflate: false });
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve);
        socket.on('error', (error) => reject(networkFailure(error, { provider, url, setting })));
        socket.once('unexpected-response', (request, response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          const done = () => {
            request.destroy();
            reject(
              options.refused({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(parts).toString(),
              }),
            );
          };
          response.once('end', done).once('error', done);
        });
      });
    } catch (error) {
      socket.terminate();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
    return new Socket(socket, options);
  }

  private constructor(socket: WebSocket, options: SocketOptions) {
    this.#socket = socket;
    this.#options = options;
    const abort = () => this.#end();
    options.signal.addEventListener('abort', abort, { once: true });
    socket.on('message', (data: Buffer, isBinary) => {
      this.#missedBeats = 0;
      if (!this.#queue.closed) this.#queue.put(isBinary ? data : data.toString());
    });
    socket.on('pong', () => {
      this.#missedBeats = 0;
    });
    socket.removeAllListeners('error');
    socket.on('error', (error) => this.fail(networkFailure(error, options)));
    socket.once('close', (code, reason) => {
      const failure = this.#closeMeans(code, reason.toString());
      if (failure) this.fail(failure);
      this.#end();
      options.signal.removeEventListener('abort', abort);
    });
    this.#heartbeat = setInterval(() => {
      this.#missedBeats += 1;
      if (this.#missedBeats > mostMissedBeats)
        this.fail(this.#broken('the connection is half open: nothing came back'));
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, heartbeatMs);
    this.#heartbeat.unref();
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

  /** What the server says, until it closes. @throws ProviderError when it closed for a reason */
  async *messages(): AsyncGenerator<string | Buffer> {
    for (let message = await this.next(); message !== undefined; message = await this.next()) yield message;
  }

  /** The next message, undefined at the end. The rest stays for `messages`. @throws ProviderError */
  async next(): Promise<string | Buffer | undefined> {
    const { value, done } = await this.#queue.next();
    if (!done) return value;
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
    return new ProviderError('unreachable', this.#options.provider, `${message}.`);
  }
}
