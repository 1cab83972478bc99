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

export type ParleyOptions = SystemOptions & {
  agentsDir: string;
  agent: string;
  callsPerProcess?: number;
  /** False: the API alone, without anybody who would answer. */
  worker?: boolean;
  settings?: Record<string, string>;
};

/** `parley serve` and `parley worker` with the default settings; calls are asked for over HTTP, as the page does. */
export async function startParley(options: ParleyOptions): Promise<Parley> {
  const port = await freePort();
  const key = randomBytes(16).toString('hex');
  const env = { ...environmentOf(options), PARLEY_PORT: String(port), AGENTS_API_KEY: key, ...options.settings };
  const logOf = (command: string) => join(options.workDir, `parley-${port}-${command}.log`);
  const run = (command: 'migrate' | 'serve') => runParley(command, { logFile: logOf(command), env });
  await run('migrate').ended;
  const started: { pid: number; stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const program of started.toReversed()) await program.stop();
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
    started.push({ pid: serve.pid, stop: () => stopTree(serve) });
    await untilReady(serve, 60, async () => (await fetch(`${api}/ready`).catch(() => undefined))?.ok === true);
    const parley = { pid: serve.pid, servePid: serve.pid, api, key, openRoom, stop };
    if (options.worker === false) return parley;
    const worker = await startWorker(options, `parley-${port}-worker`);
    started.push(worker);
    return { ...parley, pid: worker.pid, reportOf };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `parley worker` alone, on a database that is up to date. Its log is named like it. */
export async function startWorker(
  options: ParleyOptions,
  name: string,
): Promise<{ pid: number; stop(): Promise<void> }> {
  const logFile = join(options.workDir, `${name}.log`);
  const worker = runParley('worker', { logFile, env: { ...environmentOf(options), ...options.settings } });
  try {
    await untilReady(worker, 60, () => isRegistered(logFile));
  } catch (error) {
    await stopTree(worker);
    throw error;
  }
  return { pid: worker.pid, stop: () => stopTree(worker) };
}

function runParley(
  command: 'migrate' | 'serve' | 'worker',
  { logFile, env }: { logFile: string; env: NodeJS.ProcessEnv },
): ManagedProcess {
  return startProcess({ name: `parley ${command}`, command: process.execPath, args: [main, command], logFile, env });
}

function environmentOf(options: ParleyOptions): NodeJS.ProcessEnv {
  const { livekit, calls, callsPerProcess = 12 } = options;
  return {
    ...environment(),
    ...options.providers,
    DATABASE_URL: options.databaseUrl,
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    PARLEY_HOST: '127.0.0.1',
    PARLEY_WORKER_PORT: '0',
    PARLEY_AGENTS_DIR: options.agentsDir,
    PARLEY_LOG_LEVEL: 'warn',
    PARLEY_CALL_PROCESSES: String(Math.max(1, Math.ceil(calls / callsPerProcess))),
    PARLEY_CALLS_PER_PROCESS: String(callsPerProcess),
  };
}

/** The worker says when LiveKit has taken it in; a call asked for before that would be lost. */
async function isRegistered(logFile: string): Promise<boolean> {
  return existsSync(logFile) && readFileSync(logFile, 'utf8').includes('takes up to');
}
