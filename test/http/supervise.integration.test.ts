import { Room } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { aCall, tenantId } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

/** A call with somebody on the line, and its room. */
async function aRunningCall() {
  const call = await api.deps.calls.insertCall(
    aCall({ direction: 'web', state: 'in_progress', answeredAt: new Date(), phoneNumber: null }),
    { type: 'call.answered' },
  );
  await api.deps.rooms.dispatchAgent({ room: call.id, metadata: {}, emptyTimeoutSeconds: 60 });
  return call;
}

/** Two in the room: does one of them see the other? */
async function joinBoth(callId: string, token: string) {
  const { url } = livekit();
  const [supervisor, caller] = [new Room(), new Room()];
  const callerToken = await api.deps.rooms.callerToken({ room: callId, identity: 'caller', ttlSeconds: 60 });
  await caller.connect(url, callerToken, { autoSubscribe: true, dynacast: false });
  await supervisor.connect(url, token, { autoSubscribe: true, dynacast: false });
  return { supervisor, caller, leave: () => Promise.all([supervisor.disconnect(), caller.disconnect()]) };
}

describe('supervising', () => {
  test('opens the door to listen, unseen, and says so in the audit log and the events', async () => {
    const call = await aRunningCall();
    const { status, body } = await api.send('POST', `/api/calls/${call.id}/supervise`, { body: {} });
    expect([status, body.mode, body.room]).toEqual([201, 'listen', call.id]);
    const { caller, supervisor, leave } = await joinBoth(call.id, body.token);
    expect(supervisor.localParticipant?.identity).toBe(body.supervisor);
    expect([...caller.remoteParticipants.keys()]).toEqual([]);
    await leave();
    expect((await api.deps.calls.listEvents(call.id)).at(-1)).toMatchObject({
      type: 'supervisor.joined',
      data: { mode: 'listen', supervisor: body.supervisor, key_id: expect.stringMatching(/^key_/) },
    });
    const { rows } = await api.database.pool.query(
      `SELECT action FROM parley.audit_log WHERE tenant_id = $1 AND target = $2`,
      [tenantId, call.id],
    );
    expect(rows).toEqual([{ action: 'POST /api/calls/{id}/supervise' }]);
  });

  test('who takes over is one at a time, counts as nobody of the call, and goes when the call is handed back', async () => {
    const call = await aRunningCall();
    const open = () => api.send('POST', `/api/calls/${call.id}/supervise`, { body: { mode: 'take_over' } });
    expect((await api.send('POST', `/api/calls/${call.id}/hand-back`)).body.code).toBe('call_not_taken_over');
    const { body } = await open();
    const { leave, supervisor } = await joinBoth(call.id, body.token);
    expect((await open()).body.code).toBe('call_taken_over');
    const people = await api.deps.rooms.participants(call.id);
    expect(people.find(({ identity }) => identity === body.supervisor)?.kind).toBe('other');
    expect((await api.send('POST', `/api/calls/${call.id}/hand-back`)).status).toBe(202);
    await expect.poll(() => supervisor.isConnected, { timeout: 5_000 }).toBe(false);
    await leave();
  });

  test('is refused for calls that are over or not answered, and for other tenants', async () => {
    const ended = await endedCall(api);
    const queued = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
    const running = await aRunningCall();
    const code = async (id: string, key = api.key) =>
      (await api.send('POST', `/api/calls/${id}/supervise`, { key, body: {} })).body.code;
    expect([await code(ended.id), await code(queued.id)]).toEqual(['call_already_ended', 'call_not_live']);
    expect(await code(running.id, api.otherKey)).toBe('call_not_found');
    expect(await code(running.id, await api.keyOf(tenantId, ['calls:read']))).toBe('scope_missing');
    const whisper = { key: api.otherKey, body: { text: 'x' } };
    expect((await api.send('POST', `/api/calls/${running.id}/whisper`, whisper)).body.code).toBe('call_not_found');
  });
});
