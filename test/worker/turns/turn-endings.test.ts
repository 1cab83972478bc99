import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TurnEnding } from '../../../src/calls/call.ts';
import { TurnEndings } from '../../../src/worker/turns/turn-endings.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ending: TurnEnding = { endedBy: 'model', silenceMs: 310, expected: 'open' };

function ended() {
  const endings = new TurnEndings();
  const told: TurnEnding[] = [];
  endings.ended(ending);
  return { endings, told, take: () => endings.take((known) => told.push(known)) };
}

it('is no cut when nobody talks on within two seconds', () => {
  const { endings, told, take } = ended();
  expect(take()).toEqual(ending);
  vi.advanceTimersByTime(2_001);
  endings.speaks();
  endings.heard();
  expect(told).toEqual([{ ...ending, cutOff: false }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('is a cut when words follow, told with the moment the voice was there', () => {
  const { endings, told, take } = ended();
  take();
  vi.advanceTimersByTime(700);
  endings.speaks();
  vi.advanceTimersByTime(2_500);
  expect(told).toEqual([]);
  endings.heard();
  expect(told).toEqual([{ ...ending, cutOff: true, talkedOnMs: 700 }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('is none when the sound was no word', () => {
  const { endings, told, take } = ended();
  take();
  vi.advanceTimersByTime(1_000);
  endings.speaks();
  vi.advanceTimersByTime(3_001);
  endings.heard();
  expect(told).toEqual([{ ...ending, cutOff: false }]);
});

it('does not take a late transcript of the turn itself for talking on', () => {
  const { endings, told, take } = ended();
  take();
  endings.heard();
  vi.advanceTimersByTime(2_001);
  expect(told).toEqual([{ ...ending, cutOff: false }]);
});

it('knows what came next when the turn is taken late', () => {
  const { endings, take } = ended();
  endings.speaks();
  endings.heard();
  expect(take()).toEqual({ ...ending, cutOff: true, talkedOnMs: 0 });
  expect(take()).toBeUndefined();
});

it('is a cut when the next turn is over before its words were told of', () => {
  const { endings, told, take } = ended();
  take();
  vi.advanceTimersByTime(300);
  endings.speaks();
  endings.ended({ ...ending, silenceMs: 1 });
  expect(told).toEqual([{ ...ending, cutOff: true, talkedOnMs: 300 }]);
  expect(take()).toMatchObject({ silenceMs: 1 });
});

it('tells nothing after it is closed, and holds no timer', () => {
  const { endings, told, take } = ended();
  take();
  endings.close();
  endings.speaks();
  endings.heard();
  expect(vi.getTimerCount()).toBe(0);
  expect(told).toEqual([]);
  expect(take()).toBeUndefined();
});
