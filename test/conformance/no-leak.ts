import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const warmUps = 100;
const streams = 500;
/** Less than 4 kB per stream: what a forgotten timer, frame or listener weighs is more. */
const mostGrowthBytes = 4_000 * (streams - warmUps);

const closingMs = 1200;

/** Runs a stream five hundred times, eight at once, and expects neither listeners nor memory to stay behind. */
export async function expectNoLeak(instance: EventEmitter, once: () => Promise<void>): Promise<void> {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  try {
    await repeat(once, warmUps);
    const listeners = listenerCount(instance);
    const before = await settledHeapBytes();
    await repeat(once, streams - warmUps);
    const grown = (await settledHeapBytes()) - before;
    expect(listenerCount(instance), 'listeners on the provider').toBe(listeners);
    expect(warnings.filter((name) => name === 'MaxListenersExceededWarning')).toEqual([]);
    expect(grown, 'bytes grown').toBeLessThan(mostGrowthBytes);
  } finally {
    process.off('warning', onWarning);
  }
}

async function repeat(once: () => Promise<void>, times: number): Promise<void> {
  const workers = Array.from({ length: 8 }, async () => {
    for (let done = 0; done < times / 8; done += 1) await once();
  });
  await Promise.all(workers);
}

/** Of the last streams the sockets are still closing at both ends, which takes up to a second and weighs megabytes. */
async function settledHeapBytes(): Promise<number> {
  await sleep(closingMs);
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const listenerCount = (emitter: EventEmitter) =>
  emitter.eventNames().reduce((sum, event) => sum + emitter.listenerCount(event), 0);
