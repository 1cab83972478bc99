import { EventEmitter } from 'node:events';
import { type Room, RoomEvent } from '@livekit/rtc-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hearKeys, type KeysHeard } from '../../../src/worker/line/hear-keys.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function aLine(takes?: (key: string) => boolean) {
  const room = new EventEmitter();
  const heard: KeysHeard[] = [];
  const stop = hearKeys({
    room: room as unknown as Room,
    identity: 'phone',
    onKeys: (keys) => heard.push(keys),
    ...(takes && { takes }),
  });
  const press = (digit: string, identity = 'phone') => void room.emit(RoomEvent.DtmfReceived, 0, digit, { identity });
  return { room, heard, stop, press };
}

test('keys are told in one go, in their order, with the pauses between them', () => {
  const { heard, press } = aLine();
  for (const [index, digit] of ['4', '1', '*', '9'].entries()) {
    vi.advanceTimersByTime(index === 0 ? 0 : 1_900);
    press(digit);
  }
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(heard).toEqual([{ digits: '41*9', afterMs: [1_900, 3_800, 5_700], at: new Date(1_000_000) }]);
});

test('# ends them at once, and the next ones are told apart', () => {
  const { heard, press } = aLine();
  for (const digit of '12#3') press(digit);
  vi.advanceTimersByTime(2_000);
  expect(heard.map(({ digits }) => digits)).toEqual(['12#', '3']);
});

test('other participants and what is no key are not heard, and nothing after the end', () => {
  const { room, heard, stop, press } = aLine();
  press('1', 'supervisor');
  press('x');
  press('flash');
  press('5');
  stop();
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([]);
  expect(room.listenerCount(RoomEvent.DtmfReceived)).toBe(0);
});

test('a key that is held down for ever is cut', () => {
  const { heard, press } = aLine();
  for (let index = 0; index < 130; index += 1) press('7');
  expect(heard.map(({ digits }) => digits.length)).toEqual([64, 64]);
});

test('keys that somebody takes are told to nobody else', () => {
  const taken: string[] = [];
  const { heard, press } = aLine((key) => key !== '#' && taken.push(key) > 0);
  for (const digit of '8642#') press(digit);
  expect(taken.join('')).toBe('8642');
  expect(heard.map(({ digits }) => digits)).toEqual(['#']);
});
