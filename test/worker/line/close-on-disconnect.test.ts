import { DisconnectReason, ParticipantKind } from '@livekit/rtc-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EndCause } from '../../../src/worker/call/ending.ts';
import { closeOnLeaving } from '../../../src/worker/line/close-on-disconnect.ts';
import { aRoom } from './a-room.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { UNKNOWN_REASON, CLIENT_INITIATED, PARTICIPANT_REMOVED } = DisconnectReason;

/** A phone that talks, and what the end is decided to be. */
function talking({ kind = ParticipantKind.SIP, status = 'active' } = {}) {
  const far = aRoom();
  far.comes('callee', status, kind);
  const causes: EndCause[] = [];
  const away: Date[] = [];
  const stop = closeOnLeaving({
    room: far.room,
    identity: 'callee',
    present: async () => ['agent', ...far.room.remoteParticipants.keys()],
    ending: { decide: (cause) => causes.push(cause) > 0 },
    onAway: (since) => away.push(since),
    log: () => undefined,
  });
  return { far, causes, away, stop };
}

describe('a phone that leaves', () => {
  test('after a BYE was hung up, at that moment', () => {
    const { far, causes } = talking();
    const at = new Date();
    far.becomes('callee', 'hangup');
    far.leaves('callee', CLIENT_INITIATED);
    vi.advanceTimersByTime(5_000);
    expect(causes).toEqual([{ reason: 'caller_hung_up', hungUpBy: 'caller', at }]);
  });

  test('as active lost its media, whatever the reason given', () => {
    const { far, causes } = talking();
    const at = new Date();
    far.leaves('callee', CLIENT_INITIATED);
    expect(causes).toEqual([{ reason: 'media_lost', hungUpBy: 'carrier', at }]);
  });

  test('as active and without a reason lost its media, at the moment it left', () => {
    const { far, causes } = talking();
    const at = new Date();
    far.leaves('callee', UNKNOWN_REASON);
    expect(causes).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(causes).toEqual([{ reason: 'media_lost', hungUpBy: 'carrier', at }]);
  });

  test('since it was removed was hung up by the operator', () => {
    const { far, causes } = talking();
    far.leaves('callee', PARTICIPANT_REMOVED);
    expect(causes).toMatchObject([{ reason: 'operator_hung_up', hungUpBy: 'operator' }]);
  });

  test('is a browser that closed its page, where no reason is given', () => {
    const { far, causes } = talking({ kind: ParticipantKind.STANDARD });
    far.leaves('callee', UNKNOWN_REASON);
    vi.advanceTimersByTime(2_000);
    expect(causes).toMatchObject([{ reason: 'caller_hung_up', hungUpBy: 'caller' }]);
  });
});

describe('while the room is restored', () => {
  test.each([
    [
      'before it is told',
      (far: ReturnType<typeof aRoom>) => (far.leaves('callee', UNKNOWN_REASON), far.reconnecting()),
    ],
    ['after it is told', (far: ReturnType<typeof aRoom>) => (far.reconnecting(), far.leaves('callee', UNKNOWN_REASON))],
  ])('a phone that seems to leave %s and comes back goes on', (_, seemsToLeave) => {
    const { far, causes } = talking();
    seemsToLeave(far);
    vi.advanceTimersByTime(8_000);
    far.reconnected();
    vi.advanceTimersByTime(8_000);
    far.comes('callee', 'active');
    vi.advanceTimersByTime(60_000);
    expect(causes).toEqual([]);
  });

  test('a connection that cannot be restored is told of after twelve seconds, and says nothing about the phone', () => {
    const { far, causes, away } = talking();
    const since = new Date();
    far.reconnecting();
    far.leaves('callee', UNKNOWN_REASON);
    vi.advanceTimersByTime(11_900);
    expect(away).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect([away, causes]).toEqual([[since], []]);
  });

  test('a phone that does not come back lost its media', () => {
    const { far, causes } = talking();
    const at = new Date();
    far.reconnecting();
    far.leaves('callee', UNKNOWN_REASON);
    vi.advanceTimersByTime(2_000);
    far.reconnected();
    vi.advanceTimersByTime(12_500);
    expect(causes).toEqual([{ reason: 'media_lost', hungUpBy: 'carrier', at }]);
  });
});
