import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

type Record = { pid: number; children: { pid: number; commandLine: string }[] };

/**
 * One `up` per data folder. The lock file also names the servers it started, so that the next run can end those that a killed
 * run left behind, and only those: a process id is trusted only while its command line is the one that was noted.
 */
export async function takeRunLock(dataDir: string): Promise<{ add(child: { pid: number }): void; release(): void }> {
  const file = join(dataDir, 'run', 'up.json');
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  if (existsSync(file)) {
    const earlier = JSON.parse(readFileSync(file, 'utf8')) as Record;
    if (earlier.pid !== process.pid && isAlive(earlier.pid) && commandLineOf(earlier.pid).includes('main.ts'))
      throw new Error(
        `Parley is already running from ${dataDir} (process ${earlier.pid}). Stop it, or give this one another PARLEY_DATA_DIR and other ports.`,
      );
    await Promise.all(earlier.children.map(endLeftBehind));
  }
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
