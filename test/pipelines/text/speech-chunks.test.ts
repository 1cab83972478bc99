import { expect, test } from 'vitest';
import { speechChunks } from '../../../pipelines/text/speech-chunks.ts';
import { flush } from '../../../pipelines/wire/transcriber.ts';
import type { TextItem } from '../../../pipelines/wire/voice.ts';

async function chunks(...items: TextItem[]): Promise<string[]> {
  const source = (async function* () {
    yield* items;
  })();
  const cut: string[] = [];
  let text = '';
  for await (const chunk of speechChunks(source)) {
    cut.push(chunk.text);
    text += chunk.text;
    expect(chunk.end).toBe(text.length);
  }
  return cut.map((chunk) => chunk.trim());
}
const words = (text: string) => text.match(/\S+\s*/g) ?? [];

test('a text is cut at its sentences, as soon as each is written', async () => {
  const text = 'We open at nine. On Fridays we close at noon! Shall I book a time?';
  expect(await chunks(...words(text))).toEqual([
    'We open at nine.',
    'On Fridays we close at noon!',
    'Shall I book a time?',
  ]);
});

test('a long first sentence is begun at its first clause, a later one is not', async () => {
  const text = 'Thank you for calling us today, the practice is open. If you like, I can book a time for you.';
  expect(await chunks(...words(text))).toEqual([
    'Thank you for calling us today,',
    'the practice is open.',
    'If you like, I can book a time for you.',
  ]);
});

test.each([
  'Dr. Smith sees you at 3.15 p.m. on Friday.',
  'That is 4.50 euros, e.g. for a J. R. Smith.',
  'Call 1,000 times at example.com now.',
])('%s is one sentence', async (sentence) => {
  const cut = await chunks(...words(sentence));
  expect(cut.join(' ')).toBe(sentence);
  expect(cut.filter((chunk) => /[.]$/.test(chunk))).toHaveLength(1);
});

test('a short sentence waits for the next, except the very first', async () => {
  expect(await chunks('Yes. ', 'No. ', 'I will look that up. ', 'Ok.')).toEqual([
    'Yes.',
    'No. I will look that up.',
    'Ok.',
  ]);
});

test('a flush cuts where it stands, and white space alone is nothing', async () => {
  expect(await chunks('One mo', flush, 'ment, please.')).toEqual(['One mo', 'ment, please.']);
  expect(await chunks(' ', '\n', flush, '  ')).toEqual([]);
});

test('a sentence without an end is cut at a space', async () => {
  const cut = await chunks(...words('word '.repeat(200)));
  expect(cut.every((chunk) => chunk.length <= 300 && !/^\s|wor$/.test(chunk))).toBe(true);
  expect(cut.join(' ')).toBe('word '.repeat(200).trim());
});
