import { expect, test } from 'vitest';

type Turn = { index: number; role: 'agent'; text: string; startedMs?: number; endedMs?: number };
type SpokenPlace = {
  turnAt: (turns: readonly Turn[], ms: number) => Turn | undefined;
  spokenOffset: (turn: Turn, ms: number) => number;
  timeOfOffset: (turn: Turn, offset: number) => number;
};
const { turnAt, spokenOffset, timeOfOffset } = (await import(
  new URL('../../src/web/public/calls/spoken-place.js', import.meta.url).href
)) as unknown as SpokenPlace;

const turn: Turn = { index: 0, role: 'agent', text: 'one two three four', startedMs: 1_000, endedMs: 2_800 };

test('words are marked as they are spoken, each to its end', () => {
  const spokenBy = (ms: number) => turn.text.slice(0, spokenOffset(turn, ms));
  expect([900, 1_100, 1_900, 2_800, 5_000].map(spokenBy)).toEqual([
    'one',
    'one',
    'one two three',
    'one two three four',
    'one two three four',
  ]);
});

test('a word that is clicked is heard from its beginning', () => {
  expect(timeOfOffset(turn, 0)).toBe(1_000);
  expect(timeOfOffset(turn, 6)).toBe(1_400);
  expect(timeOfOffset(turn, 17)).toBe(2_400);
  expect(timeOfOffset({ ...turn, text: '' }, 0)).toBe(1_000);
});

test('of two who speak at once the one is marked who began last; between turns nobody', () => {
  const other = { ...turn, index: 1, startedMs: 2_500, endedMs: 4_000 };
  expect([500, 1_500, 2_600, 4_100, 4_300].map((ms) => turnAt([turn, other], ms)?.index)).toEqual([
    undefined,
    0,
    1,
    1,
    undefined,
  ]);
  expect(turnAt([{ index: 3, role: 'agent', text: 'no time' }], 0)).toBeUndefined();
});
