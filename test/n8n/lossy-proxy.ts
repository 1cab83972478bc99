import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to the API that can lose answers: the request arrives, and the connection breaks before anything comes back. */
export async function startLossyProxy(target: string) {
  let toLose = 0;
  let lost = 0;
  const server = createServer((incoming, response) => {
    const { method, headers, url = '/' } = incoming;
    const onward = httpRequest(new URL(url, target), { method, headers }, (answer) => {
      if (method === 'POST' && toLose > 0) {
        toLose -= 1;
        lost += 1;
        answer.resume();
        incoming.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Loses the answers to the next POSTs. */
    lose: (answers: number) => void (toLose = answers),
    lost: () => lost,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
