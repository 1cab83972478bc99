import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ManagedProcess, startProcess, untilReady } from './managed-process.ts';
import { requireFreePort } from './require-free-port.ts';

export type LivekitServer = { url: string; apiKey: string; apiSecret: string; process: ManagedProcess };

/**
 * Starts livekit-server for this machine: signalling on `port`, media over TCP on `port + 1` and UDP on `port + 2`. Bound to
 * loopback, media reaches browsers of this machine only; with another `host`, those of the network too.
 */
export async function startLivekitServer(options: {
  binary: string;
  dataDir: string;
  host: string;
  port: number;
  /** `host:port` of the Redis that makes several servers one cluster. With one `dataDir` they have the same keys. */
  redis?: string;
  /** Told of the process as soon as there is one, ready or not: whoever stops all that was started has to know it. */
  onStart?: (process: ManagedProcess) => void;
}): Promise<LivekitServer> {
  const ports = { signalling: options.port, tcp: options.port + 1, udp: options.port + 2 };
  for (const port of [ports.signalling, ports.tcp])
    await requireFreePort({ port, host: options.host, purpose: 'livekit-server', setting: 'PARLEY_LIVEKIT_PORT' });
  const { apiKey, apiSecret } = keptKeys(options.dataDir);
  const isLoopback = ['127.0.0.1', 'localhost', '::1'].includes(options.host);
  const configFile = join(options.dataDir, 'livekit-server', `config-${options.port}.yaml`);
  writeFileSync(
    configFile,
    stringify({
      port: ports.signalling,
      bind_addresses: [options.host],
      rtc: {
        tcp_port: ports.tcp,
        udp_port: ports.udp,
        use_external_ip: false,
        enable_loopback_candidate: true,
        ...(isLoopback ? { node_ip: '127.0.0.1' } : {}),
      },
      ...(options.redis !== undefined && { redis: { address: options.redis } }),
      keys: { [apiKey]: apiSecret },
      room: { auto_create: true, empty_timeout: 60, departure_timeout: 20 },
      logging: { level: 'info', json: false },
    }),
    { mode: 0o600 },
  );
  const process = startProcess({
    name: 'livekit-server',
    command: options.binary,
    args: ['--config', configFile],
    logFile: join(options.dataDir, 'logs', 'livekit-server.log'),
  });
  options.onStart?.(process);
  const connection = startedLivekit(options);
  await untilReady(
    process,
    30,
    async () => (await fetch(connection.url.replace('ws', 'http')).catch(() => undefined))?.ok === true,
  );
  return { ...connection, process };
}

/** How the livekit-server that `startLivekitServer` started from this data folder is reached. */
export function startedLivekit(options: {
  dataDir: string;
  host: string;
  port: number;
}): Omit<LivekitServer, 'process'> {
  const local = ['localhost', '::1', '0.0.0.0'].includes(options.host) ? '127.0.0.1' : options.host;
  return { url: `ws://${local}:${options.port}`, ...keptKeys(options.dataDir) };
}

/** A pair of its own per data folder: a known default key would let anybody on the network join calls. */
function keptKeys(dataDir: string): { apiKey: string; apiSecret: string } {
  const file = join(dataDir, 'livekit-server', 'keys.json');
  if (!existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true });
    const pair = { apiKey: `API${randomBytes(6).toString('hex')}`, apiSecret: randomBytes(32).toString('hex') };
    writeFileSync(file, JSON.stringify(pair), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { apiKey: string; apiSecret: string };
}
