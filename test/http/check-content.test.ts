import { expect, test } from 'vitest';
import { checkStorable } from '../../src/http/door/check-content.ts';

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

test.each([
  ['the character U+0000', { to: 'a\0' }, '`to` holds a character that is not text.'],
  ['half a surrogate pair', { variables: { name: '\ud800' } }, '`variables.name` holds a character that is not text.'],
  ['a key that is no text', { metadata: { 'a\0': 1 } }, '`metadata` has a key that is not text.'],
  ['too many levels', { metadata: nested(40) }, 'is nested deeper than 32 levels.'],
  ['too long a list', { events: Array.from({ length: 5_001 }, () => 'x') }, '`events` has more than 5000 entries.'],
  [
    'too many keys',
    { metadata: Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`k${index}`, 1])) },
    '`metadata` has more than 5000 entries.',
  ],
])('refuses %s before any validator looks at it', (_, body, fault) => {
  expect(() => checkStorable(body)).toThrow(fault);
});

test('lets the longest list that a route takes pass', () => {
  expect(() => checkStorable({ ids: Array.from({ length: 5_000 }, (_, index) => `lead_${index}`) })).not.toThrow();
});
