import { setTimeout as sleep } from 'node:timers/promises';
import { treeOf } from '../../src/load/process-tree.ts';
import { signal } from './programs.ts';
import type { FaultKind, PlannedFault } from './schedule.ts';
import type { Stage } from './stage.ts';

type Do = (stage: Stage, fault: PlannedFault) => Promise<void>;

/** Does it, and resolves when all is well again. */
export const faults: Record<FaultKind, Do> = {
  stall_call_process: ({ workers }, { target, seconds }) => workers[target]!.stallCallProcess(seconds),
  kill_call_process: async ({ workers }, { target }) => workers[target]!.killCallProcess(),
  stall_worker: ({ workers }, { target, seconds }) => workers[target]!.stall(seconds),
  kill_worker: async ({ workers }, { target, seconds }) => {
    await workers[target]!.kill();
    await sleep(seconds * 1000);
    await workers[target]!.start();
  },
  drain_worker: async ({ workers }, { target }) => {
    await workers[target]!.drain();
    await workers[target]!.start();
  },
  stall_serve: ({ serves }, { target, seconds }) => serves[target]!.stall(seconds),
  kill_serve: async ({ serves }, { target, seconds }) => {
    await serves[target]!.kill();
    await sleep(seconds * 1000);
    await serves[target]!.start();
  },
  freeze_postgres: async ({ servers: { postgres } }, { seconds }) => {
    const pids = treeOf(postgres.pid);
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await sleep(seconds * 1000);
    for (const pid of pids) signal(pid, 'SIGCONT');
  },
  cut_postgres: async ({ database }, { seconds }) => {
    database.cut();
    await sleep(seconds * 1000);
    database.restore();
  },
  restart_redis: ({ servers: { redis } }, { seconds }) => restart(redis, seconds),
  restart_livekit: ({ servers: { livekit } }, { seconds }) => restart(livekit, seconds),
  cut_livekit: async ({ media }, { seconds }) => {
    media.cut();
    await sleep(seconds * 1000);
    media.restore();
  },
  sip_away: async ({ outside }, { seconds }) => {
    await outside.ask({ ask: 'sip_away', away: true });
    await sleep(seconds * 1000);
    await outside.ask({ ask: 'sip_away', away: false });
  },
};

async function restart(server: { kill(): Promise<void>; start(): Promise<void> }, seconds: number): Promise<void> {
  await server.kill();
  await sleep(seconds * 1000);
  await server.start();
}

/** What is done to one thing is done one after the other. */
export function thingOf({ kind, target }: PlannedFault): string {
  if (kind.endsWith('worker') || kind.endsWith('call_process')) return `worker ${target}`;
  if (kind.endsWith('serve')) return `serve ${target}`;
  return kind.split('_').at(-1)!;
}
