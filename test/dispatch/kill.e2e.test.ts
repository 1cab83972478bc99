import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhoneBehaviour } from '../fakes/sip-phone.ts';
import { brokenLine } from '../store/broken-line.ts';
import { numberOf, type Program, type Rig, startRig } from './rig.ts';

let rig: Rig;
let serve: Program;
const workers: Program[] = [];
let database: Awaited<ReturnType<typeof brokenLine>>;
let media: Awaited<ReturnType<typeof brokenLine>>;
let count = 500;
const nextNumber = () => numberOf((count += 1));

beforeAll(async () => {
  // One call per process, and another process that can take over from one that dies.
  rig = await startRig({ PARLEY_CALL_PROCESSES: '2', PARLEY_CALLS_PER_PROCESS: '1' });
  database = await brokenLine(rig.databaseUrl);
  media = await brokenLine(rig.sip.url);
  [serve] = await Promise.all([startServe(), addWorker()]);
}, 150_000);
afterAll(async () => {
  await rig?.close();
  database?.close();
  media?.close();
}, 60_000);

type Placed = { id: string; number: string };

/** Places a call to a phone that behaves so. */
async function place(behaviour: PhoneBehaviour, more = {}, headers = {}): Promise<Placed> {
  const number = nextNumber();
  rig.sip.set(number, behaviour);
  return { number, id: await rig.dispatch(number, more, headers) };
}

const startServe = () => rig.startServe({ DATABASE_URL: database.url, LIVEKIT_URL: media.url });
async function addWorker() {
  workers.push(await rig.startWorker({ DATABASE_URL: database.url }));
}

/** The call process that runs the call, and the worker it belongs to. */
async function ownerOf(callId: string) {
  const [row] = await rig.query<{ owner: string }>('SELECT lease_owner AS owner FROM parley.calls WHERE id = $1', [
    callId,
  ]);
  const pid = Number(row?.owner.split('-')[0]);
  const group = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[2]);
  return { pid, worker: workers.find((worker) => worker.pid === group)! };
}

/** What every call must have come to, whoever died. */
async function expectOneEnd({ id: callId, number }: Placed, expected: Record<string, unknown>) {
  await rig.until(callId, 'ended');
  expect(rig.dialsTo(number)).toHaveLength(1);
  expect((await rig.events(callId)).filter((type) => type === 'call.ended')).toHaveLength(1);
  expect((await rig.send('GET', `/api/calls/${callId}`)).body).toMatchObject(expected);
}

const answersSoon: PhoneBehaviour = { does: 'answer', afterMs: 50, hangUpAfterMs: 500 };
const answers = { outcome: 'completed', end_reason: 'caller_hung_up' };

describe('when the API dies', () => {
  test('right after it accepted calls, the next one dials each, once, and finds the one that is asked for again', async () => {
    const key = { 'Idempotency-Key': `order-${nextNumber()}` };
    const [call, repeated] = await Promise.all([place(answersSoon), place(answersSoon, {}, key)]);
    await serve.kill();
    serve = await startServe();
    const again = await rig.send('POST', '/api/dispatch', { to: repeated.number, agent: 'notice' }, key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.call_id).toBe(repeated.id);
    await Promise.all([expectOneEnd(call, answers), expectOneEnd(repeated, answers)]);
  });

  test('while it lets a call in, the call is dialled once', async () => {
    const call = await place(answersSoon);
    while ((await rig.state(call.id)) === 'queued') continue;
    await serve.kill();
    serve = await startServe();
    await expectOneEnd(call, answers);
  });

  test('during a call, the call goes on and ends', async () => {
    const call = await place({ does: 'answer', afterMs: 50, hangUpAfterMs: 1_500 });
    await rig.until(call.id, 'in_progress');
    await serve.kill();
    await rig.until(call.id, 'ended');
    serve = await startServe();
    await expectOneEnd(call, answers);
  });
});

describe('when a call process dies', () => {
  test('before it dialled, another session dials, once', async () => {
    const call = await place(answersSoon);
    const leased = async () =>
      (await rig.query('SELECT 1 FROM parley.calls WHERE id = $1 AND lease_owner IS NOT NULL', [call.id])).length > 0;
    while (!(await leased())) continue;
    const { pid } = await ownerOf(call.id);
    process.kill(pid, 'SIGKILL');
    await rig.until(call.id, 'ended');
    // On a slow machine the phone may have been dialled in the moment before the kill; it never is twice.
    expect(rig.dialsTo(call.number).length).toBe(1);
    expect((await rig.events(call.id)).filter((type) => type === 'call.ended')).toHaveLength(1);
  });

  test('while it dials, the phone is waited for and never dialled again', async () => {
    const call = await place({ does: 'nothing_listens' }, { limits: { ring_seconds: 12 } });
    await rig.until(call.id, 'dialing');
    await expect.poll(() => rig.dialsTo(call.number).length).toBe(1);
    process.kill((await ownerOf(call.id)).pid, 'SIGKILL');
    // The leg leaves without saying why, and who would have heard the carrier's word is dead.
    await expectOneEnd(call, { outcome: 'unknown', end_reason: 'dial_outcome_unknown' });
  });

  test('while the phone rings, a new session greets whoever answers', async () => {
    const call = await place({ does: 'answer', afterMs: 4_000 });
    await rig.until(call.id, 'ringing');
    process.kill((await ownerOf(call.id)).pid, 'SIGKILL');
    await rig.until(call.id, 'in_progress');
    const { phone } = rig.dialsTo(call.number)[0]!;
    await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
    await phone.hangUp();
    await expectOneEnd(call, answers);
  });

  test('while the phone rings, and the phone is gone, nobody knows what came of it', async () => {
    const call = await place({ does: 'ring_for_ever' });
    await rig.until(call.id, 'ringing');
    process.kill((await ownerOf(call.id)).pid, 'SIGKILL');
    await rig.dialsTo(call.number)[0]!.phone.leave();
    await expectOneEnd(call, { outcome: 'unknown', end_reason: 'dial_outcome_unknown' });
  });
});

describe('when a whole worker dies', () => {
  test('during a call, another one goes on with the same phone', async () => {
    await addWorker();
    const call = await place({ does: 'answer', afterMs: 50 });
    await rig.until(call.id, 'in_progress');
    const { phone } = rig.dialsTo(call.number)[0]!;
    await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
    const { worker, pid } = await ownerOf(call.id);
    await worker.kill();
    await expect
      .poll(async () => (await ownerOf(call.id).catch(() => ({ pid }))).pid, { timeout: 60_000 })
      .not.toBe(pid);
    await phone.hangUp();
    await expectOneEnd(call, answers);
  });
});

describe('when a server is away', () => {
  test('PostgreSQL during a call: the call goes on, and nothing of it is lost', async () => {
    const call = await place({ does: 'answer', afterMs: 50, hangUpAfterMs: 6_000 });
    await rig.until(call.id, 'in_progress');
    database.cut();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await rig.state(call.id)).toBe('in_progress');
    database.restore();
    await expectOneEnd(call, answers);
    expect((await rig.send('GET', `/api/calls/${call.id}`)).body.turns[0]).toMatchObject({ role: 'agent' });
  });

  test('LiveKit when a call is placed: it is accepted, waits, and is dialled once', async () => {
    media.cut();
    const call = await place(answersSoon);
    await rig.until(call.id, 'dispatching');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(rig.dialsTo(call.number)).toEqual([]);
    media.restore();
    await expectOneEnd(call, answers);
  });
});
