import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { brokenLine } from '../store/broken-line.ts';
import { numberOf, type Program, type Rig, startRig } from './rig.ts';

let rig: Rig;
let serve: Program;
const workers: Program[] = [];
let database: Awaited<ReturnType<typeof brokenLine>>;
let media: Awaited<ReturnType<typeof brokenLine>>;
let number = numberOf(0);
let count = 500;

beforeAll(async () => {
  rig = await startRig();
  database = await brokenLine(rig.databaseUrl);
  media = await brokenLine(rig.sip.url);
  [serve] = await Promise.all([startServe(), addWorker()]);
}, 150_000);
afterAll(async () => {
  await rig?.close();
  database?.close();
  media?.close();
}, 60_000);
beforeEach(() => {
  number = numberOf((count += 1));
});

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
async function expectOneEnd(callId: string, expected: Record<string, unknown>, dials = 1) {
  await rig.until(callId, 'ended', 30);
  expect(rig.dialsTo(number)).toHaveLength(dials);
  expect((await rig.events(callId)).filter((type) => type === 'call.ended')).toHaveLength(1);
  expect((await rig.send('GET', `/api/calls/${callId}`)).body).toMatchObject(expected);
}

const answers = { outcome: 'completed', end_reason: 'caller_hung_up' };

describe('when the API dies', () => {
  test('right after it accepted a call, the next one dials it, once', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 500 });
    const id = await rig.dispatch(number);
    await serve.kill();
    serve = await startServe();
    await expectOneEnd(id, answers);
  });

  test('while it lets a call in, the call is dialled once', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 500 });
    const id = await rig.dispatch(number);
    while ((await rig.state(id)) === 'queued') continue;
    await serve.kill();
    serve = await startServe();
    await expectOneEnd(id, answers);
  });

  test('during a call, the call goes on and ends', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 1_500 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    await serve.kill();
    await rig.until(id, 'ended');
    serve = await startServe();
    await expectOneEnd(id, answers);
  });

  test('and the same request is sent again, the first call is found', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 500 });
    const key = { 'Idempotency-Key': `order-${number}` };
    const id = await rig.dispatch(number, {}, key);
    await serve.kill();
    serve = await startServe();
    const again = await rig.send('POST', '/api/dispatch', { to: number, agent: 'notice' }, key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.call_id).toBe(id);
    await expectOneEnd(id, answers);
  });
});

describe('when a call process dies', () => {
  test('before it dialled, another session dials, once', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 500 });
    const id = await rig.dispatch(number);
    const leased = async () =>
      (await rig.query('SELECT 1 FROM parley.calls WHERE id = $1 AND lease_owner IS NOT NULL', [id])).length > 0;
    while (!(await leased())) continue;
    const { pid } = await ownerOf(id);
    process.kill(pid, 'SIGKILL');
    await rig.until(id, 'ended', 30);
    // On a slow machine the phone may have been dialled in the moment before the kill; it never is twice.
    expect(rig.dialsTo(number).length).toBe(1);
    expect((await rig.events(id)).filter((type) => type === 'call.ended')).toHaveLength(1);
  });

  test('while it dials, the phone is waited for and never dialled again', async () => {
    rig.sip.set(number, { does: 'nothing_listens' });
    const id = await rig.dispatch(number, { limits: { ring_seconds: 12 } });
    await rig.until(id, 'dialing');
    await expect.poll(() => rig.dialsTo(number).length).toBe(1);
    process.kill((await ownerOf(id)).pid, 'SIGKILL');
    await expectOneEnd(id, { end_reason: 'trunk_unreachable' });
  });

  test('while the phone rings, a new session greets whoever answers', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 4_000, hangUpAfterMs: 12_000 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'ringing');
    process.kill((await ownerOf(id)).pid, 'SIGKILL');
    await rig.until(id, 'in_progress');
    await expect.poll(() => rig.dialsTo(number)[0]?.phone.heardAtMs, { timeout: 12_000 }).toBeDefined();
    await expectOneEnd(id, answers);
  });

  test('while the phone rings, and the phone is gone, nobody knows what came of it', async () => {
    rig.sip.set(number, { does: 'ring_for_ever' });
    const id = await rig.dispatch(number);
    await rig.until(id, 'ringing');
    process.kill((await ownerOf(id)).pid, 'SIGKILL');
    await rig.dialsTo(number)[0]!.phone.leave();
    await expectOneEnd(id, { outcome: 'unknown', end_reason: 'dial_outcome_unknown' });
  });
});

describe('when a whole worker dies', () => {
  test('during a call, another one goes on with the same phone', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50 });
    await addWorker();
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    const { phone } = rig.dialsTo(number)[0]!;
    await expect.poll(() => phone.heardAtMs, { timeout: 10_000 }).toBeDefined();
    const { worker, pid } = await ownerOf(id);
    await worker.kill();
    await expect.poll(async () => (await ownerOf(id).catch(() => ({ pid }))).pid, { timeout: 20_000 }).not.toBe(pid);
    await phone.hangUp();
    await expectOneEnd(id, answers);
  });
});

describe('when a server is away', () => {
  test('PostgreSQL during a call: the call goes on, and nothing of it is lost', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 6_000 });
    const id = await rig.dispatch(number);
    await rig.until(id, 'in_progress');
    database.cut();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await rig.state(id)).toBe('in_progress');
    database.restore();
    await expectOneEnd(id, answers);
    expect((await rig.send('GET', `/api/calls/${id}`)).body.turns[0]).toMatchObject({ role: 'agent' });
  });

  test('LiveKit when a call is placed: it is accepted, waits, and is dialled once', async () => {
    rig.sip.set(number, { does: 'answer', afterMs: 50, hangUpAfterMs: 500 });
    media.cut();
    const id = await rig.dispatch(number);
    await rig.until(id, 'dispatching');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(rig.dialsTo(number)).toEqual([]);
    media.restore();
    await expectOneEnd(id, answers);
  });
});
