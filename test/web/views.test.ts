import { expect, test } from 'vitest';

type Place = { view: string; rest: string | null; query: URLSearchParams };
const { placeOf, views } = (await import(
  new URL('../../src/web/public/shell/views.js', import.meta.url).href
)) as unknown as { placeOf: (hash: string) => Place | null; views: { name: string; scope: string }[] };

const told = (hash: string) => {
  const place = placeOf(hash);
  return place && { ...place, query: String(place.query) };
};

test.each([
  ['', 'overview', null, ''],
  ['#/', 'overview', null, ''],
  ['#/calls', 'calls', null, ''],
  ['#/calls/call_1', 'calls', 'call_1', ''],
  ['#/calls?outcome=failed&agent=a%20b', 'calls', null, 'outcome=failed&agent=a+b'],
  ['#/agents/caf%C3%A9', 'agents', 'café', ''],
  ['#/agents/%', 'agents', '%', ''],
])('%s is a place', (hash, view, rest, query) => {
  expect(told(hash)).toEqual({ view, rest, query });
});

test.each(['#main', '#key=parley_x', '#calls'])('%s is none', (hash) => {
  expect(placeOf(hash)).toBeNull();
});

test('no two views have one name, and each asks for a scope', () => {
  expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
  for (const { scope } of views) expect(scope).toMatch(/^[\w-]+:(read|write)$|^admin$/);
});
