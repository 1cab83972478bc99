import { Room, RoomEvent } from '@livekit/rtc-node';
import { AccessToken, RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createDispatchRule,
  createInboundTrunk,
  createOutboundTrunk,
  deleteTrunk,
  dial,
  hangUp,
  listDispatchRules,
  listTrunks,
  readSipAttributes,
  transfer,
} from '../../telephony/index.ts';
import { type SipDouble, startSipDouble } from '../fakes/sip-double.ts';
import type { PhoneBehaviour } from '../fakes/sip-phone.ts';
import { livekit } from '../setup/servers.ts';

let sipDouble: SipDouble;
let sip: SipClient;
let rooms: RoomServiceClient;
let agent: Room;
let statuses: string[];
const number = '+15551230000';

beforeAll(async () => {
  const server = livekit();
  sipDouble = await startSipDouble(server);
  const url = sipDouble.url.replace('ws', 'http');
  sip = new SipClient(url, server.apiKey, server.apiSecret);
  rooms = new RoomServiceClient(url, server.apiKey, server.apiSecret);
});
afterAll(() => sipDouble.close());

/** An agent waits in the room; the number is dialled from there. */
async function ring(behaviour: PhoneBehaviour, options: { ringSeconds?: number; signal?: AbortSignal } = {}) {
  sipDouble.set(number, behaviour);
  const { url, apiKey, apiSecret } = { ...livekit(), url: sipDouble.url };
  const room = `dial-${performance.now()}`;
  const token = new AccessToken(apiKey, apiSecret, { identity: 'agent' });
  token.addGrant({ roomJoin: true, room });
  agent = new Room();
  statuses = [];
  agent.on(RoomEvent.ParticipantConnected, (participant) => note(participant.attributes));
  agent.on(RoomEvent.ParticipantAttributesChanged, (_changed, participant) => note(participant.attributes));
  const note = (attributes: Record<string, string>) => {
    const status = readSipAttributes(attributes).status;
    if (status && statuses.at(-1) !== status) statuses.push(status);
  };
  await agent.connect(url, await token.toJwt(), { autoSubscribe: true, dynacast: false });
  const outcome = await dial(
    sip,
    {
      trunkId: 'ST_x',
      to: number,
      room,
      identity: 'callee',
      ringSeconds: options.ringSeconds ?? 5,
      maxCallSeconds: 60,
    },
    {
      lastStatus: () =>
        readSipAttributes(
          agent.remoteParticipants.get('callee')?.attributes ?? { 'sip.callStatus': statuses.at(-1) ?? '' },
        ).status,
      signal: options.signal ?? new AbortController().signal,
    },
  );
  return { outcome, room };
}

describe('dialling', () => {
  test('an answered call rings, then is active', async () => {
    const { outcome } = await ring({ does: 'answer', afterMs: 300 });
    expect(outcome.kind).toBe('answered');
    // The first state may be over before the room is told of it.
    await expect
      .poll(() => statuses.filter((status) => status !== 'dialing'), { timeout: 20_000 })
      .toEqual(['ringing', 'active']);
    await agent.disconnect();
  });

  test('a callee who hangs up is seen as hangup, then leaves', async () => {
    const { outcome } = await ring({ does: 'answer', afterMs: 10, hangUpAfterMs: 200 });
    expect(outcome.kind).toBe('answered');
    await expect.poll(() => agent.remoteParticipants.size, { timeout: 20_000 }).toBe(0);
    expect(statuses.at(-1)).toBe('hangup');
    await agent.disconnect();
  });

  test.each([
    [486, 'Busy Here', 'busy'],
    [480, 'Temporarily Unavailable', 'number_unavailable'],
    [603, 'Decline', 'declined'],
    [607, 'Unwanted', 'declined'],
    [403, 'Forbidden', 'trunk_rejected'],
    [404, 'Not Found', 'number_not_found'],
    [408, 'Request Timeout', 'number_unavailable'],
    [488, 'Not Acceptable Here', 'trunk_rejected'],
    [503, 'Service Unavailable', 'carrier_error'],
  ])('a carrier that answers %i %s gives %s', async (sipStatus, sipText, kind) => {
    const { outcome } = await ring({ does: 'refuse', afterMs: 20, sipStatus, sipText });
    expect(outcome).toMatchObject({ kind, sipStatus });
    await agent.disconnect();
  });

  test('a phone that rings for ever is no answer after the ring time', async () => {
    const { outcome } = await ring({ does: 'ring_for_ever' }, { ringSeconds: 3 });
    expect(outcome.kind).toBe('no_answer');
    await agent.disconnect();
  });

  test('an address where nothing listens is an unreachable trunk', async () => {
    const { outcome } = await ring({ does: 'nothing_listens' }, { ringSeconds: 1 });
    expect(outcome.kind).toBe('trunk_unreachable');
    await agent.disconnect();
  });

  test.each([
    ['overloaded', 'sip_overloaded'],
    ['no_sip_service', 'no_sip_service'],
    ['unknown_host', 'trunk_unreachable'],
  ] as const)('%s: nothing was dialled', async (why, because) => {
    const { outcome } = await ring({ does: 'not_dialled', why });
    expect(outcome).toMatchObject({ kind: 'not_dialled', because });
    await agent.disconnect();
  });

  test('removing the leg while it rings cancels the call', async () => {
    const cancel = new AbortController();
    const ringing = ring({ does: 'ring_for_ever' }, { ringSeconds: 20, signal: cancel.signal });
    await expect.poll(() => statuses, { timeout: 5000 }).toContain('ringing');
    cancel.abort();
    await hangUp(rooms, { room: agent.name ?? '', identity: 'callee' });
    expect((await ringing).outcome.kind).toBe('canceled');
    await agent.disconnect();
  });

  test('hanging up a leg that has left is no error', async () => {
    await expect(hangUp(rooms, { room: 'no-such-room', identity: 'callee' })).resolves.toBeUndefined();
  });

  test('a transfer names the number and ends our leg', async () => {
    const { room } = await ring({ does: 'answer', afterMs: 10 });
    expect(await transfer(sip, { room, identity: 'callee' }, { to: '+15557654321', ringSeconds: 5 })).toEqual({
      kind: 'transferred',
    });
    expect(sipDouble.transfers.at(-1)).toMatchObject({ to: 'tel:+15557654321' });
    await expect.poll(() => agent.remoteParticipants.size).toBe(0);
    await agent.disconnect();
  });
});

describe('trunks and rules', () => {
  test('are created, listed and deleted', async () => {
    const outbound = await createOutboundTrunk(sip, {
      name: 'out',
      address: 'sip:name.pstn.twilio.com',
      numbers: ['+15557650000'],
    });
    const inbound = await createInboundTrunk(sip, { name: 'in', numbers: ['+15557650001'] });
    expect(outbound).toMatchObject({ id: expect.stringMatching(/^ST_/), address: 'name.pstn.twilio.com' });
    expect((await listTrunks(sip)).map((trunk) => trunk.id)).toEqual([outbound.id, inbound.id]);
    const rule = await createDispatchRule(sip, {
      name: 'front desk',
      trunkIds: [inbound.id],
      agentName: 'parley',
      metadata: '{"agent":"receptionist"}',
      roomPrefix: 'in',
    });
    expect(await listDispatchRules(sip)).toEqual([
      expect.objectContaining({ id: rule.id, agentName: 'parley', metadata: '{"agent":"receptionist"}' }),
    ]);
    await deleteTrunk(sip, inbound.id);
    expect((await listTrunks(sip)).map((trunk) => trunk.id)).toEqual([outbound.id]);
    await expect(deleteTrunk(sip, 'ST_gone')).rejects.toMatchObject({ code: 'trunk_not_found' });
  });

  test('a livekit-server without SIP says what is missing', async () => {
    const { url, apiKey, apiSecret } = livekit();
    const bare = new SipClient(url.replace('ws', 'http'), apiKey, apiSecret);
    await expect(listTrunks(bare)).rejects.toMatchObject({ code: 'sip_not_running' });
  });
});
