import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { mayReadMetrics, metricsRefusal } from '../../telemetry/metrics/may-read-metrics.ts';
import { metricsContentType } from '../../telemetry/metrics/metrics.ts';
import type { DependencyState } from '../../telemetry/dependency-health.ts';
import type { WorkerHost } from './host.ts';

export type WorkerStatus = Pick<
  WorkerHost,
  'draining' | 'readyProcesses' | 'connected' | 'activeCalls' | 'reserved' | 'capacity' | 'providers'
> & { dependencies(): Record<string, DependencyState> };

type StatusOptions = {
  worker: WorkerStatus;
  version: string;
  /** Everything in the text format of Prometheus. */
  metrics: () => Promise<string>;
  metricsToken: string | undefined;
};

/**
 * What a worker says of itself over HTTP: `/health` (it lives, and what it can reach), `/ready` (503 while LiveKit can give
 * it no calls), `/metrics`.
 */
export function statusApp({ worker, version, metrics, metricsToken }: StatusOptions): Hono<{ Bindings: HttpBindings }> {
  const isUp = () => Object.values(worker.dependencies()).every(({ status }) => status === 'up');
  return new Hono<{ Bindings: HttpBindings }>()
    .get('/health', (c) =>
      c.json({
        status: isUp() ? 'ok' : 'degraded',
        version,
        dependencies: worker.dependencies(),
        calls: { active: worker.activeCalls(), reserved: worker.reserved(), capacity: worker.capacity() },
        providers: providersOf(worker),
      }),
    )
    .get('/ready', (c) => {
      const dependencies = worker.dependencies();
      if (worker.draining) return c.json({ status: 'draining', dependencies }, 503);
      if (!worker.connected || worker.readyProcesses() === 0) return c.json({ status: 'not_ready', dependencies }, 503);
      return c.json({ status: 'ready', dependencies });
    })
    .get('/metrics', async (c) => {
      const peer = c.env.incoming?.socket.remoteAddress;
      if (mayReadMetrics({ peer, header: (name) => c.req.header(name) }, metricsToken))
        return c.body(await metrics(), 200, { 'Content-Type': metricsContentType });
      return c.text(`${metricsRefusal}\n`, 401, { 'WWW-Authenticate': 'Bearer' });
    })
    .notFound((c) => c.text('There is /health, /ready and /metrics.\n', 404));
}

/** What the call processes learned; absent providers never failed. */
function providersOf(worker: WorkerStatus): Record<string, object> {
  return Object.fromEntries(
    Object.entries(worker.providers()).map(([name, { state, retryAt, code }]) => [
      name,
      state === 'open' ? { status: 'down', code, retry_at: new Date(retryAt).toISOString() } : { status: 'up' },
    ]),
  );
}

/** Serves it. @throws Error that says what to do when the port cannot be had */
export async function startStatusServer(
  options: StatusOptions & { host: string; port: number },
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port } = options;
  const app = statusApp(options);
  const answer = getRequestListener((request, env) => app.fetch(request, env), { hostname: host });
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? `port ${port} is taken by another program` : error.message;
      const cure = 'Set PARLEY_WORKER_PORT to a free port, or to 0 for any.';
      reject(new Error(`The worker cannot tell its status on ${host}: ${taken}. ${cure}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const { address, port: got, family } = server.address() as AddressInfo;
  const everywhere = address === '0.0.0.0' || address === '::';
  const shown = everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${shown}:${got}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
