import { afterEach, expect, test } from 'vitest';
import { type Doubles, startDoubles } from '../../bench/doubles.ts';

let doubles: Doubles | undefined;
afterEach(() => doubles?.stop());

const voices = (signal?: AbortSignal) =>
  fetch(`${doubles!.settings['PIPER_URL']}/voices`, { ...(signal && { signal }) }).then(({ status }) => status);

test('only the providers that are named are started, and the settings lead to them', async () => {
  doubles = await startDoubles({ piper: {}, ollama: {} });
  expect(Object.keys(doubles.settings).toSorted()).toEqual(['OLLAMA_MODEL', 'OLLAMA_URL', 'PIPER_URL']);
  expect(await voices()).toBe(200);
});

test('a provider that dies is gone, and one that stalls takes connections and answers nothing', async () => {
  doubles = await startDoubles({ piper: {} });
  doubles.stall();
  await expect(voices(AbortSignal.timeout(300))).rejects.toThrow(/aborted due to timeout/);
  doubles.die();
  await doubles.stop();
  await expect(voices()).rejects.toThrow(/fetch failed/);
});
