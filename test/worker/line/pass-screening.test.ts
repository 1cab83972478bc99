import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withoutQuestions } from '../../../src/worker/conversation/sentences.ts';
import type { LineEvents } from '../../../src/worker/line/voicemail/line-ear.ts';
import { passScreening } from '../../../src/worker/line/voicemail/pass-screening.ts';

/** A line on which the test says what is heard. */
function line() {
  let listening: LineEvents | undefined;
  const said: string[] = [];
  const ending = new AbortController();
  const after = passScreening({
    introduce: async () => void said.push('introduced'),
    hear: (on) => {
      listening = on;
      return () => (listening = undefined);
    },
    language: 'en-US',
    signal: ending.signal,
  });
  const words = async (text: string, final = true) => {
    await Promise.resolve();
    listening?.words(text, final);
  };
  return { after, said, words, ending, listens: () => listening !== undefined };
}

describe('a phone that screens its calls', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is told once who calls; the first who is no assistant is the person', async () => {
    const { after, said, words, listens } = line();
    await words('Thanks. Stay on the line.');
    await words('Hel', false);
    expect(listens()).toBe(true);
    await words('Hello?');
    expect(await after).toEqual({ who: 'person', text: 'Hello?' });
    expect(said).toEqual(['introduced']);
    expect(listens()).toBe(false);
  });

  test('may take a message in the end', async () => {
    const { after, words } = line();
    await words('This person is not available. Please leave a message after the tone.');
    expect(await after).toMatchObject({ who: 'voicemail' });
  });

  test('whose owner does not come is not waited for longer than a phone rings', async () => {
    const { after } = line();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await after).toMatchObject({ who: 'nobody' });
  });

  test('is left when the call ends', async () => {
    const { after, ending, words } = line();
    await words('Please hold.');
    ending.abort();
    expect(await after).toMatchObject({ who: 'stopped' });
  });
});

test.each([
  [
    'Hello, this is Harbour Dental. I am calling about Tuesday. Can you come?',
    'Hello, this is Harbour Dental. I am calling about Tuesday.',
  ],
  ['Hello, this is the bakery.', 'Hello, this is the bakery.'],
  ['Is this Ann?', 'Is this Ann?'],
])('of the greeting "%s" an assistant is told "%s"', (greeting, told) => {
  expect(withoutQuestions(greeting)).toBe(told);
});
