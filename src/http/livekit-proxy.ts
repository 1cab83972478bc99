import { type ClientRequest, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { Logger } from 'pino';

const answerTimeoutMs = 15_000;
const keepAliveMs = 30_000;

/** Headers of one hop, which a proxy does not hand on (RFC 9110 §7.6.1). An upgrade keeps its own two. */
const hopHeaders = new Set(['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding']);

export type LivekitProxy = {
  /** Whether a request is for LiveKit's signalling: `/rtc` and what is below it. */
  handles(request: IncomingMessage): boolean;
  /** Answers `/rtc/validate` and the like. */
  forward(request: IncomingMessage, response: ServerResponse): void;
  /** Joins the client's WebSocket and LiveKit's, frame by frame untouched, each side as fast as the other reads. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the joined WebSockets. Idempotent. */
  close(): void;
};

/**
 * Hands LiveKit's signalling on to livekit-server, so that a browser needs one origin only. Media does not pass here. The
 * query holds the caller's token and is never logged.
 */
export function livekitProxy(options: { livekitUrls: readonly string[]; logger: Logger }): LivekitProxy {
  let bases = options.livekitUrls.map((url) => new URL(url.replace(/^ws/, 'http')));
  const open = new Set<Duplex>();

  function ask(
    base: URL,
    request: IncomingMessage,
    headers: Record<string, string | string[] | undefined>,
  ): ClientRequest {
    const ask = base.protocol === 'https:' ? httpsRequest : httpRequest;
    const path = base.pathname.replace(/\/$/, '') + (request.url ?? '/');
    // livekit-server is asked by its own name: behind a gateway the caller's Host would lead elsewhere.
    return ask(base, { method: request.method, path, headers: { ...headers, host: base.host }, agent: false });
  }

  /** Asks the servers one after the other until one can be reached; the one that could is asked first from then on. */
  function eachInTurn(attempt: (base: URL, whenUnreachable: (error: Error) => void) => void, giveUp: () => void): void {
    const [first, ...others] = bases;
    const next = (base: URL | undefined, rest: readonly URL[]) => {
      if (!base) return giveUp();
      attempt(base, (error) => {
        options.logger.warn(
          { error: error.message, livekit: base.host },
          'LiveKit did not answer a signalling request',
        );
        bases = [...bases.filter((each) => each !== base), base];
        next(rest[0], rest.slice(1));
      });
    };
    next(first, others);
  }

  return {
    handles: (request) => /^\/rtc(?:[/?]|$)/.test(request.url ?? ''),

    forward(request, response) {
      eachInTurn(
        (base, whenUnreachable) => {
          const upstream = ask(base, request, handedOn(request));
          upstream.setTimeout(answerTimeoutMs, () => upstream.destroy(new Error('no answer in time')));
          upstream.on('error', (error) => {
            if (response.headersSent) response.destroy();
            else if (!response.destroyed) whenUnreachable(error);
          });
          upstream.on('response', (answer) => {
            response.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer));
            pipeline(answer, response, ignoreEnd);
          });
          response.on('close', () => upstream.destroy());
          // What is asked below /rtc has no body.
          upstream.end();
        },
        () => response.writeHead(502, { 'Content-Type': 'text/plain' }).end('LiveKit cannot be reached.\n'),
      );
    },

    upgrade(request, socket, head) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      eachInTurn(
        (base, whenUnreachable) => join(base, { request, socket, head }, whenUnreachable),
        () => socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
      );
    },

    close() {
      for (const socket of open) socket.destroy();
    },
  };

  function join(
    base: URL,
    { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
    whenUnreachable: (error: Error) => void,
  ): void {
    const upstream = ask(base, request, {
      ...handedOn(request),
      connection: 'Upgrade',
      upgrade: request.headers.upgrade,
    });
    const giveUp = () => upstream.destroy();
    socket.on('close', giveUp);
    socket.on('error', giveUp);
    upstream.setTimeout(answerTimeoutMs, () => upstream.destroy(new Error('no answer in time')));
    upstream.on('error', (error) => {
      if (!socket.destroyed) whenUnreachable(error);
    });
    // A refusal (a bad token) comes as an ordinary answer.
    upstream.on('response', (answer) => {
      socket.write(headOf(answer, { ...withoutHopHeaders(answer), connection: 'close' }));
      pipeline(answer, socket, ignoreEnd);
    });
    upstream.on('upgrade', (answer, upstreamSocket, upstreamHead) => {
      for (const side of [upstreamSocket, request.socket]) {
        side.setTimeout(0);
        side.setNoDelay(true);
        // A peer that vanished without a word is noticed, and its LiveKit session with it.
        side.setKeepAlive(true, keepAliveMs);
      }
      socket.off('error', giveUp);
      socket.write(headOf(answer, answer.headers));
      if (upstreamHead.length > 0) socket.write(upstreamHead);
      if (head.length > 0) upstreamSocket.write(head);
      pipeline(upstreamSocket, socket, upstreamSocket, ignoreEnd);
    });
    upstream.end();
  }
}

/** `pipeline` has closed both sides by then, and either side may leave at any moment. */
function ignoreEnd(): void {}

function handedOn(request: IncomingMessage): Record<string, string | string[] | undefined> {
  const from = request.socket.remoteAddress ?? '';
  const chain = [request.headers['x-forwarded-for'], from].flat().filter(Boolean).join(', ');
  return { ...withoutHopHeaders(request), 'x-forwarded-for': chain };
}

function withoutHopHeaders({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name) && name !== 'upgrade'));
}

function headOf(answer: IncomingMessage, headers: Record<string, string | string[] | undefined>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `${name}: ${each}\r\n`),
  );
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('')}\r\n`;
}
