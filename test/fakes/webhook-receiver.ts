import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { listen } from './http-double.ts';

/** One request as it came. */
export type Received = { path: string; headers: IncomingHttpHeaders; body: string; atMs: number };

/** What the receiver answers: a status, or something a server does when it is ill. */
export type ReceiverAnswer =
  | { status: number; headers?: Record<string, string> }
  | { does: 'hang' | 'cut' | 'endless_body' | 'noise' };

export type WebhookReceiver = {
  url: string;
  port: number;
  received: Received[];
  /** What the next requests get, in order; the last for all later ones. At first: 200. */
  answers: (...next: ReceiverAnswer[]) => void;
  /** Checks signature and age with the library, as a receiver does. @throws when they are wrong */
  verify(secret: string, request: Received): Record<string, unknown>;
  close(): Promise<void>;
};

/** Whoever gets webhooks. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let queue: ReceiverAnswer[] = [{ status: 200 }];
  const server = await listen({
    request(request, response, body) {
      const { url: path = '', headers } = request;
      received.push({ path, headers, body: body.toString(), atMs: performance.now() });
      const answer = queue.length > 1 ? queue.shift()! : queue[0]!;
      if ('status' in answer) response.writeHead(answer.status, answer.headers).end('{"secret":"of the receiver"}');
      else if (answer.does === 'cut') request.socket.destroy();
      else if (answer.does === 'noise') request.socket.end('this is not HTTP\r\n\r\n');
      else if (answer.does === 'endless_body') {
        response.writeHead(200);
        const more = setInterval(() => response.write('x'.repeat(1000)), 5);
        response.once('close', () => clearInterval(more));
      }
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/hook`,
    port: server.port,
    received,
    answers: (...next) => void (queue = next),
    verify: (secret, { body, headers }) =>
      new Webhook(secret).verify(body, headers as Record<string, string>) as Record<string, unknown>,
    close: () => server.close(),
  };
}
