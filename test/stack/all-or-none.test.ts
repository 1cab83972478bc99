import { expect, test } from 'vitest';
import { allOrNone, closeAll } from '../../src/stack/all-or-none.ts';

const never = new AbortController().signal;

test('what is being started when another part fails is told to stop, and waited for', async () => {
  const stopped = Promise.withResolvers<void>();
  let left = 0;
  const starting = allOrNone(never, (signal) => [
    new Promise<void>((resolve) => {
      left += 1;
      signal.addEventListener('abort', () => stopped.resolve());
      void stopped.promise.then(() => {
        left -= 1;
        resolve();
      });
    }),
    Promise.reject(new Error('no model')),
  ]);
  await expect(starting).rejects.toThrow('no model');
  expect(left).toBe(0);
});

test('all that was started is answered in order', async () => {
  expect(await allOrNone(never, () => [Promise.resolve(1), 'two'])).toEqual([1, 'two']);
});

test('one that cannot be closed keeps nobody else open', async () => {
  const closed: string[] = [];
  const closing = closeAll([
    async () => void closed.push('first'),
    () => Promise.reject(new Error('stuck')),
    async () => void closed.push('last'),
  ]);
  await expect(closing).rejects.toThrow('stuck');
  expect(closed).toEqual(['first', 'last']);
});
