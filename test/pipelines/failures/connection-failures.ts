import dns from 'node:dns';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { vi } from 'vitest';
import type { ProviderError } from '../../../pipelines/errors.ts';
import type { Far, Row } from './failure-matrix.ts';

/** One way not to reach a server, the same for all that speak over the network. */
type ConnectionFailure = {
  /** The far end, with the address by which it is not reached. */
  far: (scheme: Row['scheme']) => Promise<Far>;
  code: ProviderError['code'];
  says: RegExp;
  retryable: boolean;
  /** Providers of this scheme know no such failure. */
  notOf?: Row['scheme'];
};

export const connectionFailures: Record<string, ConnectionFailure> = {
  'nothing listens': {
    async far(scheme) {
      const { port, close } = await serve(createServer());
      await close();
      return { url: `${scheme}://127.0.0.1:${port}`, close: () => Promise.resolve() };
    },
    code: 'unreachable',
    says: /nothing listens at 127\.0\.0\.1:\d+/,
    retryable: true,
  },
  'unknown host': {
    far(scheme) {
      // A resolver that answers: a real one may take longer than a provider waits.
      const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((host: string, _options: unknown, done: LookedUp) => {
        setImmediate(done, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
      }) as typeof dns.lookup);
      const close = () => Promise.resolve(lookup.mockRestore()).then(() => undefined);
      return Promise.resolve({ url: `${scheme}://gpu-box.invalid:9090`, close });
    },
    code: 'unreachable',
    says: /gpu-box\.invalid is not known \(DNS\)/,
    retryable: true,
  },
  'invalid certificate': {
    async far(scheme) {
      const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
      const { port, close } = await serve(createTlsServer({ key, cert }));
      return { url: `${scheme}s://127.0.0.1:${port}`, close };
    },
    code: 'unreachable',
    says: /TLS with 127\.0\.0\.1:\d+ failed/,
    retryable: false,
    notOf: 'tcp',
  },
  'half-open connection': {
    async far(scheme) {
      const { port, close } = await serve(createServer((socket) => socket.on('error', () => undefined).resume()));
      return { url: `${scheme}://127.0.0.1:${port}`, close };
    },
    code: 'timeout',
    says: /did not answer in time|no .* within \d+ ms/,
    retryable: true,
  },
};

type LookedUp = (error: NodeJS.ErrnoException) => void;

async function serve(server: Server): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, close };
}
