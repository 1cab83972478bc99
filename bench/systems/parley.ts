import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ManagedProcess, startProcess, untilReady } from '../../src/stack/managed-process.ts';
import { freePort } from '../free-port.ts';
import { stopTree } from '../process-tree.ts';
import type { System, SystemOptions } from './system.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `parley serve` and `parley worker` with the default settings; calls are asked for over HTTP, as the page does. */
export async function startParley(
  options: SystemOptions & { agentsDir: string; agent: string; settings?: Record<string, string> },
): Promise<System> {
  const port = await freePort();
  const key = randomBytes(16).toString('hex');
  const callsPerProcess = 12;
  const env = {
    ...process.env,
    ...options.providers,
    DATABASE_URL: options.databaseUrl,
    LIVEKIT_URL: options.livekit.url,
    LIVEKIT_API_KEY: options.livekit.apiKey,
    LIVEKIT_API_SECRET: options.livekit.apiSecret,
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_AGENTS_DIR: options.agentsDir,
    PARLEY_LOG_LEVEL: 'warn',
    PARLEY_CALL_PROCESSES: String(Math.ceil(options.calls / callsPerProcess)),
    PARLEY_CALLS_PER_PROCESS: String(callsPerProcess),
    AGENTS_API_KEY: key,
    ...options.settings,
  };
  const run = (command: 'migrate' | 'serve' | 'worker') =>
    startProcess({
      name: `parley ${command}`,
      command: process.execPath,
      args: [main, command],
      logFile: join(options.workDir, `parley-${command}.log`),
      env,
    });
  await run('migrate').ended;
  const started: ManagedProcess[] = [];
  const stop = async () => {
    for (const program of started.toReversed()) await stopTree(program);
  };
  const api = `http://127.0.0.1:${port}`;
  const openRoom = async () => {
    const response = await fetch(`${api}/api/web-calls`, {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ agent: options.agent }),
    });
    const body = (await response.json()) as { livekit_url: string; token: string; title?: string; detail?: string };
    if (response.status !== 201) throw new Error(`No call could be opened: ${body.title}. ${body.detail}`);
    return { url: body.livekit_url, token: body.token };
  };
  try {
    const serve = run('serve');
    started.push(serve);
    await untilReady(serve, 60, async () => (await fetch(`${api}/ready`).catch(() => undefined))?.ok === true);
    const worker = run('worker');
    started.push(worker);
    await untilReady(worker, 60, () => workerIsReady(api));
    return { pid: worker.pid, openRoom, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function workerIsReady(api: string): Promise<boolean> {
  const response = await fetch(`${api}/health`).catch(() => undefined);
  if (!response) return false;
  const { dependencies } = (await response.json()) as { dependencies?: Record<string, { status?: string }> };
  return dependencies?.['workers']?.status === 'ok';
}
