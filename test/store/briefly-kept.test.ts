import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { brieflyKept } from '../../src/store/connection/briefly-kept.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const counting = (milliseconds = 1000) => {
  const read = vi.fn(async (key: string) => (key === 'nothing' ? null : `${key} ${read.mock.calls.length}`));
  return { read, kept: brieflyKept(read, { milliseconds, keeps: (value) => value !== null }) };
};

test('what was read is given again until its time is over', async () => {
  const { kept, read } = counting();
  expect([await kept.get('a'), await kept.get('a'), await kept.get('b')]).toEqual(['a 1', 'a 1', 'b 2']);
  vi.advanceTimersByTime(1001);
  expect(await kept.get('a')).toBe('a 3');
  expect(read).toHaveBeenCalledTimes(3);
});

test('who asks while it is read shares the reading', async () => {
  const { kept, read } = counting();
  expect(await Promise.all([kept.get('a'), kept.get('a')])).toEqual(['a 1', 'a 1']);
  expect(read).toHaveBeenCalledTimes(1);
});

test('after a change it is read again, even when a reading was under way', async () => {
  const { kept } = counting();
  const old = kept.get('a');
  kept.forget();
  expect([await old, await kept.get('a'), await kept.get('a')]).toEqual(['a 1', 'a 2', 'a 2']);
});

test('neither what was not found nor a failure is kept', async () => {
  const { kept, read } = counting();
  await kept.get('nothing');
  await kept.get('nothing');
  expect(read).toHaveBeenCalledTimes(2);
  read.mockRejectedValueOnce(new Error('away'));
  await expect(kept.get('a')).rejects.toThrow('away');
  expect(await kept.get('a')).toBe('a 4');
});
