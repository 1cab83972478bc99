import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Record = { pid: number; children: { name: string; pid: number }[] };

/**
 * One `up` per data folder. The lock file also names the servers it started, so that the next run can end those that a killed
 * run left behind, and only those: a process id is trusted only while its command line still names this data folder.
 */
export function takeRunLock(dataDir: string): { add(child: { name: string; pid: number }): void; release(): void } {
  const file = join(dataDir, 'run', 'up.json');
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  if (existsSync(file)) {
    const earlier = JSON.parse(readFileSync(file, 'utf8')) as Record;
    if (earlier.pid !== process.pid && isAlive(earlier.pid) && commandLine(earlier.pid).includes('main.ts'))
      throw new Error(
        `Parley is already running from ${dataDir} (process ${earlier.pid}). Stop it, or give this one another PARLEY_DATA_DIR and other ports.`,
      );
    for (const child of earlier.children)
      if (isAlive(child.pid) && commandLine(child.pid).includes(dataDir)) process.kill(child.pid, 'SIGINT');
  }
  const record: Record = { pid: process.pid, children: [] };
  const write = () => writeFileSync(file, JSON.stringify(record));
  write();
  return {
    add: (child) => {
      record.children.push(child);
      write();
    },
    release: () => rmSync(file, { force: true }),
  };
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
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
