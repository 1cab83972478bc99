import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../config.ts';
import { type ManagedProcess, startProcess, untilReady } from '../stack/managed-process.ts';
import { freePort } from '../stack/free-port.ts';
import { stopTree } from './process-tree.ts';
import type { CallReport, System, SystemOptions } from './system.ts';

/** Parley and the address of its API. */
export type Parley = System & { servePid: number; api: string; key: string };

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** `parley serve` and `parley worker` with the default settings; calls are asked for over HTTP, as the page does. */
export async function startParley(
  options: SystemOptions & {
    agentsDir: string;
    agent: string;
    callsPerProcess?: number;
    /** False: the API alone, without anybody who would answer. */
    worker?: boolean;
    settings?: Record<string, string>;
  },
): Promise<Parley> {
  const port = await freePort();
  const key = randomBytes(16).toString('hex');
  const { callsPerProcess = 12 } = options;
  const env = {
    ...environment(),
    ...options.providers,
    DATABASE_URL: options.databaseUrl,
    LIVEKIT_URL: options.livekit.url,
    LIVEKIT_API_KEY: options.livekit.apiKey,
    LIVEKIT_API_SECRET: options.livekit.apiSecret,
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_WORKER_PORT: '0',
    PARLEY_AGENTS_DIR: options.agentsDir,
    PARLEY_LOG_LEVEL: 'warn',
    PARLEY_CALL_PROCESSES: String(Math.max(1, Math.ceil(options.calls / callsPerProcess))),
    PARLEY_CALLS_PER_PROCESS: String(callsPerProcess),
    AGENTS_API_KEY: key,
    ...options.settings,
  };
  const logOf = (command: string) => join(options.workDir, `parley-${port}-${command}.log`);
  const run = (command: 'migrate' | 'serve' | 'worker') =>
    startProcess({
      name: `parley ${command}`,
      command: process.execPath,
      args: [main, command],
      logFile: logOf(command),
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
      body: JSON.stringify({ agent: options.agent, pipeline: options.pipeline }),
    });
    const body = (await response.json()) as Record<string, string>;
    if (response.status !== 201) throw new Error(`No call could be opened: ${body['title']}. ${body['detail']}`);
    return { url: body['livekit_url']!, token: body['token']!, callId: body['call_id']! };
  };
  const reportOf = async (callId: string) => {
    const response = await fetch(`${api}/api/calls/${callId}`, { headers: { 'X-API-Key': key } });
    return (await response.json()) as CallReport;
  };
  try {
    const serve = run('serve');
    started.push(serve);
    await untilReady(serve, 60, async () => (await fetch(`${api}/ready`).catch(() => undefined))?.ok === true);
    const parley = { pid: serve.pid, servePid: serve.pid, api, key, openRoom, stop };
    if (options.worker === false) return parley;
    const worker = run('worker');
    started.push(worker);
    await untilReady(worker, 60, () => isRegistered(logOf('worker')));
    return { ...parley, pid: worker.pid, reportOf };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The worker says when LiveKit has taken it in; a call asked for before that would be lost. */
async function isRegistered(logFile: string): Promise<boolean> {
  return existsSync(logFile) && readFileSync(logFile, 'utf8').includes('takes up to');
}
