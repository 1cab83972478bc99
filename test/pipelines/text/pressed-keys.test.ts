import { expect, test } from 'vitest';
import { keysAsWords, pressedKeys } from '../../../pipelines/text/pressed-keys.ts';

test.each([
  ['1', '1'],
  ['4155550123#', '4155550123'],
  ['#', '#'],
  ['*12', '*12'],
])('the keys %s are read as if %s had been said', (digits, words) => {
  expect(keysAsWords(pressedKeys(digits))).toBe(words);
});

test('what was said stays as it is', () => {
  expect(keysAsWords('I pressed [keys pressed: 1]')).toBe('I pressed [keys pressed: 1]');
});
