import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomParticipant } from '../../../src/calls/ports.ts';
import { Ending } from '../../../src/worker/call/ending.ts';
import { followLostRoom } from '../../../src/worker/call/lost-room.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const person: RoomParticipant = { identity: 'caller', kind: 'standard', attributes: {} };

/** How a session leaves a call whose room it has lost. */
async function left(participants: () => Promise<RoomParticipant[]>, { waited = false } = {}) {
  const ending = new Ending();
  const at = new Date();
  const following = followLostRoom('call_7', { rooms: { participants }, ending, waited, at });
  await vi.advanceTimersByTimeAsync(waited ? 0 : 20_000);
  await following;
  const { how, ...rest } = await ending.left;
  return { how, why: 'why' in rest ? rest.why : undefined, ...rest.cause };
}

test('a person who is still there gets another session at once', async () => {
  expect(await left(async () => [person])).toMatchObject({ how: 'abandon', why: 'person_waits' });
});

test('a person who comes back within twelve seconds gets another session', async () => {
  const backMs = performance.now() + 9_000;
  expect(await left(async () => (performance.now() < backMs ? [] : [person]))).toMatchObject({ why: 'person_waits' });
});

test('a room that stays empty ends the call', async () => {
  expect(await left(async () => [])).toMatchObject({ how: 'conclude', reason: 'media_lost' });
});

test('where LiveKit cannot be asked who is there, nobody is said to be gone', async () => {
  expect(await left(() => Promise.reject(new Error('no such host')))).toMatchObject({
    how: 'abandon',
    why: 'person_waits',
    reason: 'media_lost',
  });
});

test('where it has been waited for before, what LiveKit knows now counts', async () => {
  const waited = { waited: true };
  expect(await left(async () => [], waited)).toMatchObject({ how: 'conclude', reason: 'media_lost', at: new Date() });
  expect(await left(async () => [person], waited)).toMatchObject({ why: 'person_waits' });
  expect(await left(() => Promise.reject(new Error('no such host')), waited)).toMatchObject({ why: 'person_waits' });
});
