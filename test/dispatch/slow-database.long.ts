import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenLine } from '../store/broken-line.ts';
import { numberOf, type Rig, startRig } from './rig.ts';

/** What each statement takes. */
const slowMs = 5_000;
/** Longer than a lease, its renewals, and the sweeper's next looks. */
const slowForMs = 45_000;

let rig: Rig;
let database: Awaited<ReturnType<typeof brokenLine>>;
let count = 800;

beforeAll(async () => {
  rig = await startRig({ PARLEY_CALLS_PER_PROCESS: '6' });
  database = await brokenLine(rig.databaseUrl);
  await Promise.all([rig.startServe({ DATABASE_URL: database.url }), rig.startWorker({ DATABASE_URL: database.url })]);
}, 150_000);
afterAll(async () => {
  await rig?.close();
  database?.close();
}, 60_000);

/** A phone call in which the agent has spoken. */
async function talk(timeoutMs = 60_000) {
  const number = numberOf((count += 1));
  rig.sip.set(number, { does: 'answer', afterMs: 50 });
  const askedMs = performance.now();
  const id = await rig.dispatch(number);
  const acceptedAfterMs = performance.now() - askedMs;
  await expect.poll(() => rig.dialsTo(number)[0]?.phone.heardAtMs, { timeout: timeoutMs }).toBeDefined();
  const { phone } = rig.dialsTo(number)[0]!;
  const greetedAfterMs = phone.heardAtMs! - phone.answeredAtMs!;
  let gone = false;
  void phone.left.then(() => (gone = true));
  return {
    id,
    number,
    phone,
    isGone: () => gone,
    acceptedAfterMs,
    greetedAfterMs,
    dialledAfterMs: phone.answeredAtMs! - askedMs,
  };
}

async function epochOf(id: string): Promise<number> {
  const [row] = await rig.query<{ epoch: string }>('SELECT lease_epoch AS epoch FROM parley.calls WHERE id = $1', [id]);
  return Number(row?.epoch);
}

test('a database that takes five seconds for each statement costs time, and no call', async () => {
  const before = [await talk(), await talk(), await talk()];
  database.slowDown(slowMs);
  const [, during] = await Promise.all([sleep(slowForMs), talk(150_000)]);
  process.stdout.write(
    `While each statement took ${slowMs} ms: accepted after ${Math.round(during.acceptedAfterMs)} ms, answered after ${Math.round(during.dialledAfterMs)} ms, greeted ${Math.round(during.greetedAfterMs)} ms later.\n`,
  );
  expect(during.greetedAfterMs).toBeLessThan(1_000);
  const calls = [...before, during];
  expect(calls.map(({ isGone }) => isGone())).toEqual([false, false, false, false]);
  // Nobody has lost a call to anybody.
  expect(await Promise.all(calls.map(({ id }) => epochOf(id)))).toEqual([1, 1, 1, 1]);
  // One hangs up meanwhile, the others when it is quick again.
  const [early, ...others] = calls;
  await early!.phone.hangUp();
  await rig.until(early!.id, 'ended', 90);
  database.slowDown(0);
  await Promise.all(others.map(({ phone }) => phone.hangUp()));
  for (const { id, number } of calls) {
    await rig.until(id, 'ended', 60);
    expect(rig.dialsTo(number)).toHaveLength(1);
    expect((await rig.send('GET', `/api/calls/${id}`)).body).toMatchObject({
      outcome: 'completed',
      end_reason: 'caller_hung_up',
    });
    const events = await rig.events(id);
    expect(events.filter((type) => type === 'call.ended')).toHaveLength(1);
    expect(events.at(-1)).toBe('call.ended');
  }
}, 420_000);
