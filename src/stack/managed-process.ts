import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export type ManagedProcess = {
  name: string;
  pid: number;
  /** Resolves with a sentence when the process ends by itself or by `stop`. */
  ended: Promise<string>;
  /** Asks it to end, and kills it when it has not within the limit. Idempotent. */
  stop(): Promise<void>;
};

/**
 * Starts a server of the stack in a process group of its own, so that Ctrl-C in the terminal reaches only Parley, which then
 * stops its servers in the right order. Output goes to `logFile`, from where the last lines are quoted when it dies.
 */
export function startProcess(options: {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** PostgreSQL: SIGINT is the fast shutdown; SIGTERM would wait for every client. */
  stopSignal?: NodeJS.Signals;
  stopSeconds?: number;
}): ManagedProcess {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const startOfLog = statSync(options.logFile).size;
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: options.env,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    });
  } finally {
    closeSync(log);
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${options.name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const output = readFileSync(options.logFile).subarray(startOfLog).toString('utf8').trim().split('\n').slice(-5);
      resolve(
        `${options.name} ended (${signal ?? `code ${code}`}). Its last lines, from ${options.logFile}:\n${output.join('\n')}`,
      );
    });
  });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(options.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), (options.stopSeconds ?? 10) * 1000);
    try {
      await ended;
    } finally {
      clearTimeout(timer);
    }
  };
  return { name: options.name, pid: child.pid ?? 0, ended, stop: () => (stopping ??= stop()) };
}

/** Calls `probe` until it answers true, the process ends, or the time is over; then throws a sentence with its last output. */
export async function untilReady(
  process: ManagedProcess,
  seconds: number,
  probe: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let death: string | undefined;
  void process.ended.then((why) => (death = why));
  while (performance.now() < deadline) {
    if (await probe()) return;
    if (death !== undefined) throw new Error(death);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await process.stop();
  throw new Error(
    `${process.name} was not ready after ${seconds} s. ${(await process.ended).split('. ').slice(1).join('. ')}`,
  );
}
