import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { treeOf } from '../../src/load/process-tree.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A `serve` or a `worker` with all that it started, which outlives its own deaths. */
export type Program = {
  name: string;
  /** Stops the clock of all its processes, or of one of its call processes, for so long. */
  stall(seconds: number): Promise<void>;
  stallCallProcess(seconds: number): Promise<void>;
  killCallProcess(): void;
  kill(): Promise<void>;
  /** SIGTERM, as an operator stops it, and waits until it is over. */
  drain(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export type ProgramOptions = {
  name: string;
  command: 'serve' | 'worker';
  env: Record<string, string>;
  logFile: string;
};

/** A start may fall into any fault, and on a busy machine. */
const startMs = 300_000;
const ready = { serve: /Parley serves/, worker: /takes up to/ };

/** Nothing runs until it is started. */
export function programOf({ name, command, env, logFile }: ProgramOptions): Program {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let stopped = false;
  const isAlive = () => child?.exitCode === null && child.signalCode === null;
  const tree = () => (isAlive() ? treeOf(child!.pid!) : []);
  const callProcess = () => tree().find((pid) => readIfAlive(`/proc/${pid}/cmdline`).includes('call-process-main'));

  async function start(): Promise<void> {
    if (stopped) return;
    const out = openSync(logFile, 'a');
    const from = readFileSync(logFile, 'utf8').length;
    const started = spawn(process.execPath, [main, command], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
      stdio: ['ignore', out, out],
      detached: true,
    });
    closeSync(out);
    exited = new Promise((resolve) => started.once('exit', () => resolve()));
    child = started;
    for (let waitedMs = 0; !ready[command].test(readFileSync(logFile, 'utf8').slice(from)); waitedMs += 100) {
      if (waitedMs > startMs || !isAlive()) throw new Error(`${name} did not start:\n${readFileSync(logFile, 'utf8')}`);
      await sleep(100);
    }
  }

  async function stall(pids: number[], seconds: number): Promise<void> {
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await sleep(seconds * 1000);
    for (const pid of pids) signal(pid, 'SIGCONT');
  }

  return {
    name,
    stall: (seconds) => stall(tree(), seconds),
    stallCallProcess: (seconds) =>
      stall(
        [callProcess()].filter((pid) => pid !== undefined),
        seconds,
      ),
    killCallProcess: () => signal(callProcess(), 'SIGKILL'),
    async kill() {
      for (const pid of tree()) signal(pid, 'SIGKILL');
      await exited;
    },
    async drain() {
      signal(child?.pid, 'SIGTERM');
      await exited;
    },
    start,
    async stop() {
      stopped = true;
      const pids = tree();
      for (const pid of pids) signal(pid, 'SIGCONT');
      if (isAlive()) child?.kill('SIGTERM');
      const timer = setTimeout(() => pids.forEach((pid) => signal(pid, 'SIGKILL')), 6_000);
      await exited;
      clearTimeout(timer);
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
  };
}

/** To a process that may have gone. */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // It is over.
  }
}

function readIfAlive(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
