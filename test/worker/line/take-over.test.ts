import { ConnectionQuality, type RemoteTrack, RoomEvent, TrackKind } from '@livekit/rtc-node';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TakeOverContext, watchTakeOvers } from '../../../src/worker/line/supervisor/take-over.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ada = { identity: 'supervisor-ada', trackPublications: new Map<string, { track?: RemoteTrack }>() };
const ben = { ...ada, identity: 'supervisor-ben' };
const caller = { ...ada, identity: 'caller' };
const track = { kind: TrackKind.KIND_AUDIO } as RemoteTrack;

/** A room, and what became of the call in it. */
function aRoom(present: (typeof ada)[] = []) {
  const room = new EventEmitter();
  const said: string[] = [];
  const remoteParticipants = new Map(present.map((person) => [person.identity, person]));
  const stop = watchTakeOvers({
    room: Object.assign(room, { remoteParticipants }) as unknown as TakeOverContext['room'],
    onTaken: (identity) => {
      said.push(`${identity} took over`);
      return (why) => said.push(`back: ${why}`);
    },
    hear: () => {
      said.push('hears');
      return () => said.push('hears no more');
    },
    log: () => undefined,
  });
  const speaks = (who: typeof ada) => room.emit(RoomEvent.TrackSubscribed, track, {}, who);
  const leaves = (who: typeof ada) => {
    room.emit(RoomEvent.TrackUnsubscribed, track, {}, who);
    room.emit(RoomEvent.ParticipantDisconnected, who);
  };
  return { room, said, stop, speaks, leaves };
}

test('who speaks has the call until they leave, and the agent has it again at once', () => {
  const { said, speaks, leaves } = aRoom();
  speaks(ada);
  expect(said).toEqual(['hears', 'supervisor-ada took over']);
  leaves(ada);
  expect(said.slice(2)).toEqual(['hears no more', 'back: left']);
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(4);
});

test('callers are no supervisors', () => {
  const { said, speaks, leaves } = aRoom();
  speaks(caller);
  leaves(caller);
  expect(said).toEqual([]);
});

test('of two who speak the call is the last one’s until both have gone', () => {
  const { said, speaks, leaves } = aRoom();
  speaks(ada);
  speaks(ben);
  leaves(ada);
  expect(said.filter((each) => each.startsWith('back'))).toEqual([]);
  leaves(ben);
  expect(said.filter((each) => /back|took/.test(each))).toEqual(['supervisor-ada took over', 'back: left']);
});

test('a lid that closes gives the call back after four seconds, unless it opens again', () => {
  const { room, said, speaks } = aRoom();
  speaks(ada);
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.QUALITY_LOST, ada);
  vi.advanceTimersByTime(3_900);
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.QUALITY_GOOD, ada);
  vi.advanceTimersByTime(10_000);
  expect(said).not.toContain('back: lost');
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.QUALITY_LOST, ada);
  vi.advanceTimersByTime(4_000);
  expect(said.at(-1)).toBe('back: lost');
});

test('who comes back after that has the call again', () => {
  const { room, said, speaks } = aRoom();
  speaks(ada);
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.QUALITY_LOST, ada);
  vi.advanceTimersByTime(4_000);
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.QUALITY_GOOD, ada);
  expect(said.slice(-2)).toEqual(['back: lost', 'supervisor-ada took over']);
});

test('another session finds who has the call', () => {
  const { said } = aRoom([{ ...ada, trackPublications: new Map([['TR_1', { track }]]) }]);
  expect(said).toEqual(['hears', 'supervisor-ada took over']);
});

test('when the call is over nothing is given back', () => {
  const { said, speaks, leaves, stop } = aRoom();
  speaks(ada);
  stop();
  leaves(ada);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['hears', 'supervisor-ada took over', 'hears no more']);
});
