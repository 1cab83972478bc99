import { Room, RoomEvent } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { aCall } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('control', () => {
  test('says so when the call has ended, waits, or has no phone line', async () => {
    const ended = await endedCall(api);
    const queued = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
    const web = await api.send('POST', '/api/web-calls', { body: { agent: 'receptionist' } });
    expect(await api.send('POST', `/api/calls/${ended.id}/hang-up`)).toMatchObject({
      status: 409,
      body: { code: 'call_already_ended' },
    });
    expect(await api.send('POST', `/api/calls/${queued.id}/say`, { body: { text: 'x' } })).toMatchObject({
      status: 409,
      body: { code: 'call_not_live' },
    });
    expect(await api.send('POST', `/api/calls/${web.body.call_id}/dtmf`, { body: { digits: '1' } })).toMatchObject({
      status: 409,
      body: { code: 'not_a_phone_call' },
    });
  });

  test('reaches the session that runs the call', async () => {
    const { body: web } = await api.send('POST', '/api/web-calls', { body: { agent: 'receptionist' } });
    const heard: unknown[] = [];
    const room = new Room();
    room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic) =>
      heard.push({ ...JSON.parse(new TextDecoder().decode(payload)), from: participant?.identity, topic }),
    );
    const { url, apiKey, apiSecret } = livekit();
    const session = new AccessToken(apiKey, apiSecret, { identity: 'session' });
    session.kind = 'agent';
    session.addGrant({ room: web.room, roomJoin: true, agent: true });
    await room.connect(url, await session.toJwt());
    const said = await api.send('POST', `/api/calls/${web.call_id}/say`, { body: { text: 'One moment.' } });
    expect(said).toMatchObject({ status: 202, body: { call_id: web.call_id, status: 'in_progress' } });
    expect((await api.send('POST', `/api/calls/${web.call_id}/hang-up`)).status).toBe(202);
    await vi.waitFor(() => expect(heard).toHaveLength(2), 5000);
    expect(heard).toEqual([
      { type: 'say', text: 'One moment.', interrupt: false, from: undefined, topic: 'parley.control' },
      { type: 'hang_up', by: 'operator', from: undefined, topic: 'parley.control' },
    ]);
    await room.disconnect();
  });

  test('hangs up a call that has lost its session, and says that nobody hears anything else', async () => {
    const call = await api.deps.calls.insertCall(
      aCall({ direction: 'inbound', state: 'in_progress', answeredAt: new Date() }),
      {
        type: 'call.answered',
      },
    );
    await api.deps.rooms.dispatchAgent({ room: call.id, metadata: {}, emptyTimeoutSeconds: 60 });
    await api.deps.calls.takeLease({ callId: call.id, owner: 'gone', seconds: 0 });
    expect(await api.send('POST', `/api/calls/${call.id}/say`, { body: { text: 'x' } })).toMatchObject({
      status: 409,
      body: { code: 'call_not_live', detail: expect.stringContaining('No agent is in the call') },
    });
    expect(await api.send('POST', `/api/calls/${call.id}/hang-up`)).toMatchObject({
      status: 202,
      body: { status: 'ended' },
    });
    expect(await api.deps.calls.findCall(call.id)).toMatchObject({
      endReason: 'operator_hung_up',
      outcome: 'completed',
    });
    expect(await api.deps.rooms.participants(call.id)).toEqual([]);
  });

  test('refuses digits and numbers that are none', async () => {
    const { id } = await endedCall(api);
    for (const [verb, body, field] of [
      ['dtmf', { digits: '12x' }, 'digits'],
      ['transfer', { to: 'reception' }, 'to'],
      ['transfer', { to: '+14155550111', mode: 'hot' }, 'mode'],
      ['say', { text: '' }, 'text'],
    ] as const)
      expect(await api.send('POST', `/api/calls/${id}/${verb}`, { body })).toMatchObject({
        status: 422,
        body: { code: 'invalid_request', field },
      });
  });
});
