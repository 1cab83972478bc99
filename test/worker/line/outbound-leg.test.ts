import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DisconnectReason, type LocalTrackPublication } from '@livekit/rtc-node';
import { SipClient } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Agent } from '../../../src/agent-files/agent.ts';
import type { DialObjection } from '../../../src/calls/admission/permit-dial.ts';
import type { Call } from '../../../src/calls/call.ts';
import type { CallChange, Lease } from '../../../src/calls/ports.ts';
import { CallLog } from '../../../src/worker/call/call-log.ts';
import { Ownership } from '../../../src/worker/call/ownership.ts';
import { outboundLeg } from '../../../src/worker/line/outbound-leg.ts';
import { aRoom } from './a-room.ts';

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    }),
);
afterEach(() => void vi.useRealTimers());

type Answer = { status: number; body: Record<string, unknown> };

/** livekit-server, of which only the answer to one dial matters; it is given when the test says so. */
async function aSipApi() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Answer | 'cut'>();
  const server = createServer((_, response) => {
    asked.resolve();
    void answer.promise.then((given) => {
      if (given === 'cut') return response.destroy();
      response.writeHead(given.status, { 'content-type': 'application/json' }).end(JSON.stringify(given.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: new SipClient(url, 'key', 'secret'), asked: asked.promise, answer: answer.resolve };
}

/** A phone that is dialled, up to the moment its INVITE is sent. */
async function dialling({
  state = 'dispatching' as Call['state'],
  ringSeconds = 40,
  objection = undefined as DialObjection,
} = {}) {
  const far = aRoom();
  const api = await aSipApi();
  const changes: CallChange[] = [];
  const removed: string[] = [];
  const ending = new AbortController();
  const call = {
    id: 'call_1',
    state,
    attempt: 1,
    limits: { ringSeconds },
    answeredAt: null,
    phoneNumber: '+14155550101',
  };
  const ownership = new Ownership({ callId: call.id, epoch: 1 } as Lease, {
    askedMs: performance.now(),
    renew: async () => undefined,
    release: async () => true,
    forget: () => undefined,
  });
  const leg = outboundLeg({
    sip: api.client,
    calls: {
      transition: async (change) => (changes.push(change), call as unknown as Call),
      findCall: async () => call as unknown as Call,
    },
    rooms: { removeParticipant: async (_, identity) => void removed.push(identity) },
    reserveDial: async () => 0,
    permitDial: async () => objection,
  });
  const answered = leg.answer({
    call: call as unknown as Call,
    resumed: false,
    agent: { limits: { max_minutes: 5 } } as Agent,
    ownership,
    record: new CallLog({
      store: { record: async () => undefined },
      callId: call.id,
      epoch: 1,
      takeCosts: () => [],
      log: () => undefined,
    }),
    room: far.room,
    publication: {} as LocalTrackPublication,
    rooms: { participants: async () => [] },
    signal: ending.signal,
    log: () => undefined,
  });
  if (state === 'dispatching' && !objection) {
    await vi.advanceTimersByTimeAsync(10);
    await api.asked;
  }
  return { leg, far, api, changes, removed, ending, answered };
}

/** Lets what is under way over real sockets arrive. */
const settle = async () => {
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

const { UNKNOWN_REASON, CLIENT_INITIATED, USER_UNAVAILABLE } = DisconnectReason;

describe('while the room is restored', () => {
  test('a phone that rings is waited for, though the API was lost and everybody seemed to leave', async () => {
    const { far, api, answered } = await dialling();
    far.comes('callee', 'dialing');
    far.becomes('callee', 'ringing');
    api.answer('cut');
    await settle();
    far.leaves('callee', UNKNOWN_REASON);
    far.reconnecting();
    await vi.advanceTimersByTimeAsync(8_000);
    far.reconnected();
    // A livekit-server that was started anew knows only with what the leg first came.
    far.comes('callee', 'dialing');
    await vi.advanceTimersByTimeAsync(10_000);
    far.becomes('callee', 'active');
    expect(await answered).toMatchObject({ identity: 'callee' });
  });

  test('one that was picked up meanwhile is greeted when the room is back, though no event tells of it', async () => {
    const { far, answered } = await dialling();
    far.comes('callee', 'ringing');
    far.reconnecting();
    await vi.advanceTimersByTimeAsync(5_000);
    far.becomes('callee', 'active', { untold: true });
    far.reconnected();
    expect(await answered).toMatchObject({ identity: 'callee' });
  });

  test('one that does not come back is unknown', async () => {
    const { far, api, answered } = await dialling();
    far.comes('callee', 'ringing');
    api.answer('cut');
    await settle();
    far.reconnecting();
    far.leaves('callee', UNKNOWN_REASON);
    far.reconnected();
    await vi.advanceTimersByTimeAsync(13_000);
    expect(await answered).toMatchObject({ ended: { reason: 'dial_outcome_unknown', hungUpBy: 'parley' } });
  });

  test('an API that was lost before the phone came into the room waits until the room is whole', async () => {
    const { far, api, answered } = await dialling();
    far.reconnecting();
    api.answer('cut');
    await settle();
    await vi.advanceTimersByTimeAsync(20_000);
    far.reconnected();
    far.comes('callee', 'active');
    expect(await answered).toMatchObject({ identity: 'callee' });
  });
});

describe('a leg that leaves while it rings', () => {
  test('without a word of the carrier is unknown, never unanswered', async () => {
    const { far, answered } = await dialling();
    far.comes('callee', 'ringing');
    const at = Date.now();
    far.leaves('callee', UNKNOWN_REASON);
    await vi.advanceTimersByTimeAsync(10_000);
    const { ended } = (await answered) as { ended: { at: Date } };
    expect(ended).toMatchObject({ reason: 'dial_outcome_unknown' });
    expect(ended.at.getTime()).toBe(at);
  });

  test('and was dialled by an earlier session is unanswered when livekit-sip says so', async () => {
    const { far, answered } = await dialling({ state: 'ringing' });
    far.comes('callee', 'ringing');
    far.leaves('callee', USER_UNAVAILABLE);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answered).toMatchObject({ ended: { reason: 'ring_timeout' } });
  });

  test('before the API answers is what the carrier said', async () => {
    const { far, api, answered } = await dialling();
    far.comes('callee', 'ringing');
    far.leaves('callee', CLIENT_INITIATED);
    const meta = { sip_status_code: '486', sip_status: 'Busy Here' };
    api.answer({ status: 429, body: { code: 'resource_exhausted', msg: 'busy', meta } });
    await settle();
    expect(await answered).toMatchObject({ ended: { reason: 'busy', hungUpBy: 'callee', sipStatus: 486 } });
  });
});

test.each([
  ['cpu exhausted', 'sip_overloaded'],
  ['no response from servers', 'sip_not_running'],
])('“%s” means that nothing was dialled: %s', async (msg, reason) => {
  const { api, answered } = await dialling();
  api.answer({ status: 500, body: { code: 'unknown', msg } });
  await settle();
  expect(await answered).toMatchObject({ notDialled: { reason, hungUpBy: 'parley' } });
});

test('a phone that is picked up while it is given up is told to have been, once', async () => {
  const { leg, far, api, changes, removed, ending, answered } = await dialling();
  far.comes('callee', 'ringing');
  ending.abort();
  await vi.advanceTimersByTimeAsync(10);
  const at = new Date();
  far.becomes('callee', 'active');
  far.leaves('callee', DisconnectReason.PARTICIPANT_REMOVED);
  api.answer({ status: 200, body: {} });
  await settle();
  await vi.advanceTimersByTimeAsync(1_000);
  await answered;
  expect(removed).toContain('callee');
  expect(leg.answeredAt).toEqual(at);
  expect(changes.filter(({ event }) => event.type === 'call.answered')).toMatchObject([{ patch: { answeredAt: at } }]);
});

test('the record tells the moment at which the room showed the answer', async () => {
  const { far, changes, answered } = await dialling();
  far.comes('callee', 'ringing');
  const at = new Date();
  far.becomes('callee', 'active');
  expect(await answered).toMatchObject({ identity: 'callee', at });
  expect(changes.at(-1)).toMatchObject({ to: 'in_progress', patch: { answeredAt: at } });
});

test('a phone that nobody stops from ringing is given up', async () => {
  const { far, api, removed, answered } = await dialling({ ringSeconds: 5 });
  far.comes('callee', 'ringing');
  api.answer('cut');
  await settle();
  await vi.advanceTimersByTimeAsync(21_000);
  expect(await answered).toMatchObject({ ended: { reason: 'ring_timeout' } });
  expect(removed).toContain('callee');
});

describe('a rule that objects right before the phone is dialled', () => {
  test('blocks the call under its name, and nothing is dialled', async () => {
    const { answered, changes } = await dialling({ objection: { rule: 'do_not_call', refused: 'It is on the list.' } });
    await vi.advanceTimersByTimeAsync(10);
    expect(await answered).toEqual({
      ended: { reason: 'blocked_by_rule', hungUpBy: 'parley', rule: 'do_not_call', detail: 'It is on the list.' },
    });
    expect(changes).toEqual([]);
  });

  test('or lets it wait for its hours', async () => {
    const { answered, changes } = await dialling({ objection: { waitUntil: new Date(Date.now() + 3_600_000) } });
    await vi.advanceTimersByTimeAsync(10);
    expect(await answered).toMatchObject({ notDialled: { rule: 'calling_window' } });
    expect(changes).toEqual([]);
  });
});
