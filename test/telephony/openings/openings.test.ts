import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerers, halves, heardAs, openingsOf } from '../../../bench/openings/openings.ts';
import { confusionTable } from '../../../bench/openings/table.ts';

const all = halves.flatMap(openingsOf);

test('the set has 300 openings or more, of each kind in each language, and none twice', () => {
  expect(all.length).toBeGreaterThanOrEqual(300);
  expect(openingsOf('held-out').length).toBeGreaterThanOrEqual(all.length / 2);
  const kinds = new Set(all.map(({ language, who }) => `${language.slice(0, 2)} ${who}`));
  const languages = ['de', 'en', 'es', 'fr', 'it', 'nl', 'pt'];
  expect([...kinds].sort()).toEqual(languages.flatMap((each) => answerers.map((who) => `${each} ${who}`)).sort());
  expect(new Set(all.map(({ language, text }) => `${language} ${text}`)).size).toBe(all.length);
});

describe.each([
  ['as it is written', (text: string) => text],
  ['without marks', (text: string) => text.replace(/[.,?!¿¡]/g, '').toLowerCase()],
])('%s', (_, written) => {
  const heard = all.map((opening) => ({ ...opening, as: heardAs({ ...opening, text: written(opening.text) }) }));

  test('no person is taken for a machine', () => {
    expect(heard.filter(({ who, as }) => who === 'person' && as !== 'person')).toEqual([]);
  });

  test('at most one machine of fifteen is taken for a person, none for another machine', () => {
    const machines = heard.filter(({ who }) => who !== 'person');
    expect(machines.filter(({ who, as }) => as !== 'person' && as !== who)).toEqual([]);
    expect(machines.filter(({ as }) => as === 'person').length).toBeLessThanOrEqual(machines.length / 15);
  });
});

test('docs/telephony.md has the table', () => {
  expect(readFileSync('docs/telephony.md', 'utf8')).toContain(confusionTable());
});
