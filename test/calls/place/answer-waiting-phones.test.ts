import { expect, test, vi } from 'vitest';
import { createPhoneAnswerer } from '../../../src/calls/place/answer-waiting-phones.ts';
import { inboundCallId } from '../../../src/calls/place/inbound-call-id.ts';
import type { CallChange, NewCall, RoomParticipant, WaitingPhone } from '../../../src/calls/ports.ts';

const aPhone = (room: string): WaitingPhone => ({
  room,
  createdAt: new Date(0),
  metadata: { agent: 'notice' },
  attributes: { 'sip.phoneNumber': '+4930123', 'sip.trunkPhoneNumber': '+4930999', 'sip.trunkID': 'ST_in' },
});

/** An answerer over rooms that a test fills. */
function answering() {
  const world = {
    waiting: [] as WaitingPhone[],
    present: [] as RoomParticipant[],
    rows: new Set<string>(),
    offered: [] as string[],
    inserted: [] as NewCall[],
    changes: [] as CallChange[],
  };
  const answer = createPhoneAnswerer(
    {
      calls: {
        findCall: async (id) => (world.rows.has(id) ? ({} as never) : null),
        insertCall: async (call) => (world.inserted.push(call), {} as never),
        transition: async (change) => (world.changes.push(change), null),
      },
      rooms: {
        dispatchAgent: async ({ room }) => {
          if (room === 'sick') throw new Error('the room cannot be reached');
          world.offered.push(room);
        },
        participants: async () => world.present,
      },
      waitingPhones: async () => world.waiting,
      tenantId: 'default',
    },
    { everySeconds: 5 },
  );
  return { world, answer };
}

/** Runs what follows as if so much time had passed since now. */
async function after(milliseconds: number, work: () => Promise<void>) {
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + milliseconds);
  try {
    await work();
  } finally {
    now.mockRestore();
  }
}

test('a phone that cannot be offered keeps no other one waiting, and is told of', async () => {
  const { world, answer } = answering();
  world.waiting = ['first', 'sick', 'last'].map(aPhone);
  await expect(answer()).rejects.toThrow('the room cannot be reached');
  expect(world.offered).toEqual(['first', 'last']);
});

test('a phone whose call has a row is left to those who look after it', async () => {
  const { world, answer } = answering();
  world.waiting = [aPhone('taken')];
  world.rows.add(inboundCallId({ name: 'taken', createdAt: new Date(0) }));
  await answer();
  expect(world.offered).toEqual([]);
});

test('a caller who gave up before any worker took the call is a missed call', async () => {
  const { world, answer } = answering();
  world.waiting = [aPhone('missed')];
  await answer();
  world.waiting = [];
  await answer();
  expect(world.inserted).toEqual([]);
  await after(6_000, answer);
  expect(world.inserted).toMatchObject([
    { direction: 'inbound', agent: 'notice', phoneNumber: '+4930123', fromNumber: '+4930999', room: 'missed' },
  ]);
  expect(world.changes).toMatchObject([
    {
      to: 'ended',
      unheldSince: { leaseEpoch: 0, leaseUntil: null },
      patch: { outcome: 'no_answer', endReason: 'no_worker', hungUpBy: 'caller' },
    },
  ]);
  await after(60_000, answer);
  expect(world.inserted).toHaveLength(1);
});

test('a phone that a worker took is no missed call, with a row or before there is one', async () => {
  const { world, answer } = answering();
  world.waiting = [aPhone('taken')];
  await answer();
  world.waiting = [];
  world.present = [{ identity: 'phone', kind: 'sip', attributes: {} }];
  await after(6_000, answer);
  expect(world.inserted).toEqual([]);
});

test('a phone is offered although LiveKit’s clock is hours ahead of ours', async () => {
  const { world, answer } = answering();
  world.waiting = [{ ...aPhone('early'), createdAt: new Date(Date.now() + 3 * 3_600_000) }];
  await answer();
  expect(world.offered).toEqual([]);
  await after(5_000, answer);
  expect(world.offered).toEqual(['early']);
});
