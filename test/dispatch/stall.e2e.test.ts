import { setTimeout as sleep } from 'node:timers/promises';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { brokenLine } from '../store/broken-line.ts';
import { numberOf, type Rig, startRig } from './rig.ts';

/** Longer than a lease, its renewal and the sweeper's next look; shorter than what the host kills a process for. */
const stallMs = 14_500;
/** Longer than a lease and the time for which one statement is repeated. */
const outageMs = 24_000;

let rig: Rig;
let database: Awaited<ReturnType<typeof brokenLine>>;
let count = 700;

beforeAll(async () => {
  rig = await startRig({ PARLEY_CALL_PROCESSES: '2', PARLEY_CALLS_PER_PROCESS: '3' });
  database = await brokenLine(rig.databaseUrl);
  await Promise.all([rig.startServe({ DATABASE_URL: database.url }), rig.startWorker({ DATABASE_URL: database.url })]);
}, 150_000);
afterAll(async () => {
  await rig?.close();
  database?.close();
}, 60_000);

/** A phone call in which the agent has spoken. */
async function talk() {
  const number = numberOf((count += 1));
  rig.sip.set(number, { does: 'answer', afterMs: 50 });
  const id = await rig.dispatch(number);
  await rig.until(id, 'in_progress');
  const { phone } = rig.dialsTo(number)[0]!;
  await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
  let gone = false;
  void phone.left.then(() => (gone = true));
  return { id, number, phone, isGone: () => gone };
}

async function leaseOf(id: string) {
  const [row] = await rig.query<{ owner: string | null; epoch: string }>(
    'SELECT lease_owner AS owner, lease_epoch AS epoch FROM parley.calls WHERE id = $1',
    [id],
  );
  return { pid: Number(row?.owner?.split('-')[0]), epoch: Number(row?.epoch) };
}

/** The person hangs up at last, and that is what is told of the call, once. */
async function expectHungUp({ id, number, phone }: Awaited<ReturnType<typeof talk>>) {
  await phone.hangUp();
  await rig.until(id, 'ended');
  expect(rig.dialsTo(number)).toHaveLength(1);
  expect((await rig.events(id)).filter((type) => type === 'call.ended')).toHaveLength(1);
  expect((await rig.send('GET', `/api/calls/${id}`)).body).toMatchObject({
    outcome: 'completed',
    end_reason: 'caller_hung_up',
  });
}

describe('a person stays on the line', () => {
  test('when the process of the call stalls, another one takes over, and the first one wakes', async () => {
    const call = await talk();
    const { pid, epoch } = await leaseOf(call.id);
    process.kill(pid, 'SIGSTOP');
    await sleep(stallMs);
    await expect.poll(async () => (await leaseOf(call.id)).epoch, { timeout: 60_000 }).toBe(epoch + 1);
    process.kill(pid, 'SIGCONT');
    await sleep(4_000);
    expect(call.isGone()).toBe(false);
    expect(await rig.state(call.id)).toBe('in_progress');
    // One agent is with the person, not the one that woke.
    expect(call.phone.room.remoteParticipants.size).toBe(1);
    await expectHungUp(call);
  });

  test('when PostgreSQL is away for longer than a lease, and is back', async () => {
    const calls = await Promise.all([talk(), talk(), talk()]);
    const before = await Promise.all(calls.map(({ id }) => leaseOf(id)));
    database.cut();
    await sleep(outageMs);
    database.restore();
    await sleep(8_000);
    for (const call of calls) expect(call.isGone()).toBe(false);
    // Nobody was judged: each call is still with the session that had it.
    expect(await Promise.all(calls.map(({ id }) => leaseOf(id)))).toEqual(before);
    await Promise.all(calls.map(expectHungUp));
  });

  test('when LiveKit throws the agent out', async () => {
    const call = await talk();
    const [agent] = [...call.phone.room.remoteParticipants.values()];
    const { url, apiKey, apiSecret } = livekit();
    await new RoomServiceClient(url, apiKey, apiSecret).removeParticipant(call.id, agent!.identity);
    await expect.poll(async () => (await leaseOf(call.id)).epoch, { timeout: 60_000 }).toBe(2);
    await expect.poll(() => call.phone.room.remoteParticipants.size, { timeout: 60_000 }).toBe(1);
    expect(call.isGone()).toBe(false);
    await expectHungUp(call);
  });
});
