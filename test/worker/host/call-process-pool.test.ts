import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { CallProcessPool } from '../../../src/worker/host/call-process-pool.ts';

const pools: CallProcessPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

let died = Promise.withResolvers<void>();
let deaths = 0;

function openPool(count: number, hungSeconds?: number): CallProcessPool {
  deaths = 0;
  died = Promise.withResolvers<void>();
  const pool = new CallProcessPool(
    {
      count,
      callsPerProcess: 1,
      process: {
        config: {},
        environment: process.env,
        entry: new URL('./call-process-stub.ts', import.meta.url),
        hungSeconds,
      },
    },
    {
      events: {
        onCapacity: () => undefined,
        onOver: () => undefined,
        onMeasured: () => undefined,
        onDeath: () => {
          deaths += 1;
          if (deaths === count) died.resolve();
        },
        onLost: () => undefined,
      },
      log: () => undefined,
    },
  );
  pools.push(pool);
  return pool;
}

describe('the processes of a host', () => {
  test('that die together are all replaced at once: none waits because others died as well', async () => {
    const pool = openPool(4);
    await expect.poll(() => pool.accepting, { timeout: 20_000 }).toBe(4);
    const first = pool.pids();
    for (const pid of first) process.kill(pid, 'SIGKILL');
    await died.promise;
    // A process is there as soon as it is forked; the shortest pause of one that keeps dying is a second.
    await sleep(200);
    expect(pool.pids()).toHaveLength(4);
    expect(pool.pids().filter((pid) => first.includes(pid))).toEqual([]);
    await expect.poll(() => pool.accepting, { timeout: 20_000 }).toBe(4);
  });

  test('outlive a stop of the host that is longer than a process may be silent', async () => {
    const pool = openPool(2, 0.4);
    await expect.poll(() => pool.accepting, { timeout: 20_000 }).toBe(2);
    const first = pool.pids();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    await sleep(200);
    expect(pool.pids()).toEqual(first);
    expect(deaths).toBe(0);
  });
});
