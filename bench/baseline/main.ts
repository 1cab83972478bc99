import { cli, ServerOptions } from '@livekit/agents';
import { fileURLToPath } from 'node:url';

/** The SDK's own worker with its production defaults: `node bench/baseline/main.ts start`. */
cli.runApp(
  new ServerOptions({
    agent: fileURLToPath(new URL('agent.ts', import.meta.url)),
    agentName: 'bench-baseline',
    port: Number(process.env['BENCH_HEALTH_PORT']),
    host: '127.0.0.1',
    // Both the worker and livekit-server refuse a worker whose load is high; a load of nothing lets every call in.
    ...(process.env['BENCH_ADMIT_ALL'] === '1' ? { loadFunc: () => Promise.resolve(0) } : {}),
  }),
);
