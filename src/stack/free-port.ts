import { createServer } from 'node:net';

/** A port of loopback that is free now, with two free ones after it. */
export async function freePort(): Promise<number> {
  for (;;) {
    // Below the range from which the system hands out ports to clients.
    const port = 20000 + 3 * Math.floor(Math.random() * 4000);
    const free = await Promise.all([port, port + 1, port + 2].map(isFree));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
