import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { storyOf } from './invariants.ts';
import { scheduleOf } from './schedule.ts';
import { runStorm } from './storm.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('SKIPPED LOUDLY: redis-server is not installed, and a storm needs it.\n');

/** What `make storm` does for as long as it is told to, here once and briefly. */
const schedule = scheduleOf({ seed: 1, seconds: 40, callEverySeconds: 8, faultEverySeconds: 8 });

test.skipIf(!hasRedis)('a short storm breaks no promise', { timeout: 300_000, retry: 0 }, async ({ signal }) => {
  const seen: string[] = [];
  const { violations, observed } = await runStorm(schedule, { say: (line) => void seen.push(line), signal });
  expect(violations, [...seen, ...storyOf(observed)].join('\n')).toEqual([]);
  expect(observed.calls.length).toBeGreaterThanOrEqual(schedule.calls.length - 1);
});
