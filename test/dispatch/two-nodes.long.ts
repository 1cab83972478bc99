import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type LineEnd, openLine } from '../../src/caller/line.ts';
import { executablePath, loadConfig } from '../../src/config.ts';
import { livekitBinary } from '../../src/stack/livekit-binary.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { type LivekitNode, startLivekitNode, startRedis } from '../storm/cluster.ts';
import { type Rig, startRig } from './rig.ts';

if (spawnSync('redis-server', ['--version']).status !== 0)
  throw new Error('Two livekit-servers need a redis-server on the PATH to share: apt-get install redis-server.');

/** A person is attended again by then, or the call has ended with a reason. */
const attendedMs = 75_000;
const keys = { apiKey: 'two-nodes', apiSecret: 'a-secret-of-two-nodes-that-is-long-enough' };

let redis: Awaited<ReturnType<typeof startRedis>>;
let first: LivekitNode;
let second: LivekitNode;
let rig: Rig;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-two-nodes-'));
  const place = { folder, logFile: (name: string) => join(folder, `${name}.log`) };
  const binary = await livekitBinary({
    dataDir: loadConfig().PARLEY_DATA_DIR,
    path: executablePath(),
    progress: consoleProgress(process.stderr),
  });
  redis = await startRedis(place);
  const node = (name: string) => startLivekitNode(place, { name, binary, redisPort: redis.port, keys });
  [first, second] = [await node('first'), await node('second')];
  rig = await startRig({
    LIVEKIT_URL: second.url,
    LIVEKIT_API_KEY: keys.apiKey,
    LIVEKIT_API_SECRET: keys.apiSecret,
    REDIS_URL: redis.url,
    PARLEY_CALLS_PER_PROCESS: '6',
  });
  return async () => {
    await rig.close();
    for (const server of [first.server, second.server, redis.server]) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}, 150_000);

/** A person at a browser, at the second node, who has been greeted. */
async function aCaller() {
  const { body } = await rig.send('POST', '/api/web-calls', { agent: 'notice' });
  const ends: LineEnd[] = [];
  const line = await openLine({
    url: second.url,
    token: body.token,
    onEnd: (end) => ends.push(end),
    onError: () => undefined,
  });
  onTestFinished(() => line.close());
  const heardSince = (ms: number) => line.agentSegments().some(({ startMs }) => startMs > ms);
  await expect.poll(() => heardSince(0), { timeout: 60_000 }).toBe(true);
  return { id: body.call_id as string, line, heardSince, wasPutOut: () => ends.some(({ by }) => by === 'server') };
}

const callOf = async (id: string) => (await rig.send('GET', `/api/calls/${id}`)).body;

test('people whose worker sits at a node that dies are attended by a worker at the other', async () => {
  await Promise.all([rig.startServe(), rig.startWorker({ LIVEKIT_URL: first.url })]);
  const callers = [await aCaller(), await aCaller(), await aCaller()];
  await rig.startWorker();
  const killedMs = performance.now();
  await first.server.kill();
  const attendedAfterMs = await Promise.all(
    callers.map(async ({ heardSince }) => {
      await expect.poll(() => heardSince(killedMs + 2_000), { timeout: attendedMs, interval: 250 }).toBe(true);
      return Math.round(performance.now() - killedMs);
    }),
  );
  process.stdout.write(`Attended again after ${attendedAfterMs.join(', ')} ms.\n`);
  expect(callers.map(({ wasPutOut }) => wasPutOut())).toEqual([false, false, false]);
  for (const { id, line } of callers) {
    expect(await callOf(id)).toMatchObject({ status: 'in_progress' });
    await line.close();
    await rig.until(id, 'ended', 60);
    expect(await callOf(id)).toMatchObject({ end_reason: 'caller_hung_up' });
    expect((await rig.events(id)).filter((type) => type === 'call.ended')).toHaveLength(1);
  }
});

test('a Redis that comes back empty is nobody’s hang-up, and leaves nobody with nobody', async () => {
  await Promise.all([rig.startServe(), rig.startWorker({ LIVEKIT_URL: first.url })]);
  await rig.startWorker();
  const callers = [await aCaller(), await aCaller()];
  await redis.server.kill();
  await sleep(10_000);
  await redis.server.start();
  const backMs = performance.now();
  for (const { id, heardSince, wasPutOut } of callers) {
    const saying = setInterval(
      () =>
        void rig
          .send('POST', `/api/calls/${id}/say`, { text: 'Are you there?', interrupt: true })
          .catch(() => undefined),
      5_000,
    );
    const isSettled = async () => heardSince(backMs) || wasPutOut() || (await rig.state(id)) === 'ended';
    await expect.poll(isSettled, { timeout: attendedMs, interval: 500 }).toBe(true);
    clearInterval(saying);
    expect((await callOf(id)).end_reason).not.toBe('operator_hung_up');
  }
  // A room that is known to nobody any more holds nobody.
  for (const { id, line } of callers) {
    await line.close();
    await rig.until(id, 'ended', 90);
    expect((await callOf(id)).end_reason).not.toBe('operator_hung_up');
  }
});
