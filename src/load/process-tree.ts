import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../caller/distribution.ts';
import type { ManagedProcess } from '../stack/managed-process.ts';

/** Kernel ticks per second in /proc/<pid>/stat; 100 on every Linux that Node supports. */
const ticksPerSecond = 100;

/** A process and all its descendants. */
export function treeOf(rootPid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? statOf(pid)?.parentPid : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [rootPid];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Memory of a process tree in MB: what is shared between processes is counted once (proportional set size). */
export function memoryMb(rootPid: number): number {
  let kilobytes = 0;
  for (const pid of treeOf(rootPid)) {
    const rollup = readIfAlive(`/proc/${pid}/smaps_rollup`);
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Threads of a process tree. */
export function threadCount(rootPid: number): number {
  return treeOf(rootPid).reduce(
    (sum, pid) => sum + Number(/^Threads:\s+(\d+)/m.exec(readIfAlive(`/proc/${pid}/status`))?.[1] ?? 0),
    0,
  );
}

/** Share of one core that the tree takes in the next `seconds`; more than 1 with several cores. */
export async function cpuShare(pid: number, seconds: number): Promise<number> {
  const [from, fromMs] = [cpuSeconds(pid), performance.now()];
  await delay(seconds * 1000);
  return (cpuSeconds(pid) - from) / ((performance.now() - fromMs) / 1000);
}

/** Memory as the median of some samples: a garbage collection may fall on any one. */
export async function settledMb(pid: number): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < 5; sample++) {
    samples.push(memoryMb(pid));
    await delay(700);
  }
  return distribution(samples).p50 ?? 0;
}

/** Stops a process, then those of its descendants that outlive it. */
export async function stopTree(root: ManagedProcess): Promise<void> {
  const descendants = treeOf(root.pid).slice(1);
  await root.stop();
  for (const pid of descendants) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended with its parent.
    }
  }
}

/** CPU time that one process has used so far, in seconds of one core. */
export function cpuSecondsOf(pid: number): number {
  return (statOf(pid)?.cpuTicks ?? 0) / ticksPerSecond;
}

/** CPU time that a process tree has used so far, in seconds of one core. */
export function cpuSeconds(rootPid: number): number {
  return treeOf(rootPid).reduce((sum, pid) => sum + (statOf(pid)?.cpuTicks ?? 0), 0) / ticksPerSecond;
}

function statOf(pid: number): { parentPid: number; cpuTicks: number } | undefined {
  const stat = readIfAlive(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may hold anything; numbers are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.length < 15
    ? undefined
    : { parentPid: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
}

function readIfAlive(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
