import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { executablePath, loadConfig } from '../../src/config.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { type ManagedProcess, startProcess, untilReady } from '../../src/stack/managed-process.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { freePort } from '../dispatch/rig.ts';
import { findSipPrograms } from './find-livekit-sip.ts';

export type Server = 'redis' | 'livekit' | 'sip';

export type RealStack = {
  url: string;
  apiKey: string;
  apiSecret: string;
  /** Where livekit-sip takes calls. */
  sipPort: number;
  healthPort: number;
  /** SIGKILL, as when a machine dies. */
  kill(server: Server): Promise<void>;
  /** Starts again what was killed, where it was, and waits until it answers. */
  start(server: Server): Promise<void>;
  logOf(server: Server): string;
  close(): Promise<void>;
};

/** A real livekit-server and livekit-sip on a real Redis, all on 127.0.0.1. `sip`: more of livekit-sip's own settings. */
export async function startRealStack(sip: Record<string, unknown> = {}): Promise<RealStack> {
  const programs = findSipPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'parley-sip-'));
  const livekit = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  const ports = {
    redis: await freePort(),
    livekit: await freePort(),
    tcp: await freePort(),
    udp: await freePort(),
    sip: await freePort(),
    health: await freePort(),
  };
  const [apiKey, apiSecret] = [`API${randomBytes(6).toString('hex')}`, randomBytes(32).toString('hex')];
  const redis = { address: `127.0.0.1:${ports.redis}` };
  const url = `ws://127.0.0.1:${ports.livekit}`;
  const configOf = (name: Server, config: object) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
  };
  const livekitFile = configOf('livekit', {
    port: ports.livekit,
    bind_addresses: ['127.0.0.1'],
    rtc: { tcp_port: ports.tcp, udp_port: ports.udp, node_ip: '127.0.0.1', enable_loopback_candidate: true },
    redis,
    keys: { [apiKey]: apiSecret },
    room: { auto_create: true, empty_timeout: 60, departure_timeout: 20 },
    logging: { level: 'info' },
  });
  const sipFile = configOf('sip', {
    redis,
    api_key: apiKey,
    api_secret: apiSecret,
    ws_url: url,
    sip_port: ports.sip,
    listen_ip: '127.0.0.1',
    nat_1_to_1_ip: '127.0.0.1',
    rtp_port: '30000-31999',
    health_port: ports.health,
    // A machine that runs the tests beside it is busy; what livekit-sip does then is a case of its own.
    max_cpu_utilization: 1,
    logging: { level: 'debug' },
    ...sip,
  });
  const logFile = (name: Server) => join(folder, `${name}.log`);
  const commands: Record<Server, { command: string; args: string[]; ready: () => Promise<boolean> }> = {
    redis: {
      command: programs.redis,
      args: ['--port', `${ports.redis}`, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''],
      ready: () => listens(ports.redis),
    },
    livekit: { command: livekit, args: ['--config', livekitFile], ready: () => isOk(ports.livekit) },
    // Over its CPU limit it answers 429, and runs all the same.
    sip: { command: programs.sip, args: ['--config', sipFile], ready: () => listens(ports.health) },
  };
  const running = new Map<Server, ManagedProcess>();

  async function start(name: Server): Promise<void> {
    const { command, args, ready } = commands[name];
    const program = startProcess({ name, command, args, logFile: logFile(name), env: { ...process.env } });
    running.set(name, program);
    await untilReady(program, 30, ready);
  }
  async function kill(name: Server): Promise<void> {
    const program = running.get(name);
    running.delete(name);
    if (!program) return;
    process.kill(program.pid, 'SIGKILL');
    await program.ended;
  }

  for (const name of ['redis', 'livekit', 'sip'] as const) await start(name);
  return {
    url,
    apiKey,
    apiSecret,
    sipPort: ports.sip,
    healthPort: ports.health,
    kill,
    start,
    logOf: (name) => readFileSync(logFile(name), 'utf8'),
    async close() {
      for (const name of ['sip', 'livekit', 'redis'] as const) await kill(name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isOk(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.ok === true;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
