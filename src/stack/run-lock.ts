import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

type Record = { pid: number; children: { pid: number; commandLine: string }[] };

/**
 * One `up` per data folder. The lock file also names the servers it started, so that the next run can end those that a killed
 * run left behind, and only those: a process id is trusted only while its command line is the one that was noted.
 */
export async function takeRunLock(dataDir: string): Promise<{ add(child: { pid: number }): void; release(): void }> {
  const file = fileOf(dataDir);
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  const running = runningUp(dataDir);
  if (running && running.pid !== process.pid)
    throw new Error(
      `Parley is already running from ${dataDir} (process ${running.pid}). Stop it, or give this one another PARLEY_DATA_DIR and other ports.`,
    );
  if (existsSync(file))
    await Promise.all((JSON.parse(readFileSync(file, 'utf8')) as Record).children.map(endLeftBehind));
  const record: Record = { pid: process.pid, children: [] };
  const write = () => writeFileSync(file, JSON.stringify(record));
  write();
  return {
    add: (child) => {
      record.children.push({ pid: child.pid, commandLine: commandLineOf(child.pid) });
      write();
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** The `up` that runs from this data folder now, with the servers it started. */
export function runningUp(dataDir: string): { pid: number; children: number[] } | undefined {
  if (!existsSync(fileOf(dataDir))) return undefined;
  const { pid, children } = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Record;
  if (!isAlive(pid) || !commandLineOf(pid).includes('main.ts')) return undefined;
  return { pid, children: children.map((child) => child.pid) };
}

const fileOf = (dataDir: string) => join(dataDir, 'run', 'up.json');

/** SIGINT lets PostgreSQL and livekit-server end in order; whoever has not after five seconds is killed. */
async function endLeftBehind({ pid, commandLine }: { pid: number; commandLine: string }): Promise<void> {
  const isIt = () => commandLine !== '' && isAlive(pid) && commandLineOf(pid) === commandLine;
  if (isIt()) process.kill(pid, 'SIGINT');
  for (let tries = 0; tries < 50 && isIt(); tries++) await sleep(100);
  if (isIt()) process.kill(pid, 'SIGKILL');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Empty where the system has no /proc (macOS): then a stale process is left alone and shows as a taken port. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
