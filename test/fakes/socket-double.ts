import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { json, listen } from './http-double.ts';

/** What an upgrade is answered with in place of a socket. */
export type Refusal = { status: number; headers?: Record<string, string> | undefined; body: unknown };

/** One connection as a double serves it. */
export type Line = {
  socket: WebSocket;
  url: URL;
  /** Sends one message as JSON, while the connection stands. */
  say: (message: Record<string, unknown>) => void;
};

/** A far end that speaks over WebSockets. It counts the connections, and drops or freezes them when a test says so. */
export async function startSocketDouble<Behaviour extends { hang?: boolean }, State extends object>(far: {
  behaviour: Behaviour;
  state: State;
  /** @default 404 for all */
  request?: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>;
  /** Why a connection is refused, where it is. */
  refusal: (request: IncomingMessage, url: URL) => Refusal | undefined;
  serve: (line: Line) => void;
}) {
  const { behaviour, refusal, serve } = far;
  const state = Object.assign(far.state, { connections: 0, open: 0 });
  const sockets = new Set<WebSocket>();
  const server = await listen({
    request: far.request ?? ((_request, response) => json(response, 404, { error: 'Not Found' })),
    upgrade(request, { accept, refuse, hang }) {
      if (behaviour.hang) return hang();
      const url = new URL(request.url ?? '/', 'http://double');
      const refused = refusal(request, url);
      if (refused)
        return refuse(
          refused.status,
          { 'Content-Type': 'application/json', ...refused.headers },
          JSON.stringify(refused.body),
        );
      accept((socket) => {
        sockets.add(socket);
        state.connections += 1;
        state.open += 1;
        socket.once('close', () => {
          sockets.delete(socket);
          state.open -= 1;
        });
        const say = (message: Record<string, unknown>) => {
          if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
        };
        serve({ socket, url, say });
      });
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    behaviour,
    state,
    /** Cuts every stream, as a restarting server does. */
    dropAll: () => sockets.forEach((socket) => socket.terminate()),
    /** Keeps every stream open without reading or answering it: a half-open connection. */
    freezeAll: () => sockets.forEach((socket) => socket.pause()),
    close: server.close,
  };
}

/** What the utterances of a double say, in turn; the last one repeats. */
export class Transcripts {
  readonly #behaviour: { transcripts: string[] };
  count = 0;

  constructor(behaviour: { transcripts: string[] }) {
    this.#behaviour = behaviour;
  }

  get text(): string {
    const { transcripts } = this.#behaviour;
    return transcripts[Math.min(this.count, transcripts.length - 1)] ?? '';
  }

  get words(): string[] {
    return this.text.split(' ');
  }
}

/** The samples in a message, in a buffer of their own. */
export function samplesOf(data: Buffer): Int16Array {
  return new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
}
