import { expect, test } from 'vitest';
import { RollingWords } from '../../../pipelines/wire/rolling-words.ts';

/** What is given away, when it is taken after each of these texts. */
function taken(...texts: string[]): string[] {
  const words = new RollingWords();
  return texts.map((text) => {
    words.update(text);
    return words.take();
  });
}

test('what was given away is not said again', () => {
  expect(taken('Good morning.', 'Good morning. I would like', 'good morning, I would like a table.')).toEqual([
    'Good morning.',
    'I would like',
    'a table.',
  ]);
});

test('a text that grew shorter hides none of the words that follow', () => {
  expect(taken('Yes. Yes.', 'Yes.', 'Yes. No.')).toEqual(['Yes. Yes.', '', 'No.']);
  expect(taken('Good morning. Thank you for watching.', 'Good morning. Tomorrow at nine.')).toEqual([
    'Good morning. Thank you for watching.',
    'Tomorrow at nine.',
  ]);
});

test('a word that was corrected is not said again, nor one that was put in', () => {
  expect(taken('I want to by', 'I want to buy a house')).toEqual(['I want to by', 'a house']);
  expect(taken('My number is two', 'So my number is too one')).toEqual(['My number is two', 'one']);
});

test('only news are told', () => {
  const words = new RollingWords();
  expect(words.update('Good')).toBe('Good');
  expect(words.update('Good')).toBeUndefined();
  expect(words.update('Good day')).toBe('Good day');
  expect(words.take()).toBe('Good day');
  expect(words.update('Good day.')).toBeUndefined();
  expect(words.hasNews).toBe(false);
});
