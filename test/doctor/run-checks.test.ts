import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Check } from '../../src/doctor/check.ts';
import { failed, ok, skipped } from '../../src/doctor/finding.ts';
import { hideSecrets } from '../../src/doctor/hide-secrets.ts';
import { printResults } from '../../src/doctor/print-results.ts';
import { checks } from '../../src/doctor/registry.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { aContext } from './a-context.ts';

const fine: Check = { about: '', run: async () => ok('Well.') };
const broken: Check = { about: '', run: async () => failed('Broken.', 'Fix it.') };

async function run(table: Record<string, Check>, only?: string[], env: Record<string, string> = {}) {
  const { signal } = new AbortController();
  const results = await runChecks(table, aContext(env), { signal, ...(only && { only }) });
  return Object.fromEntries(
    results.map(({ check, findings }) => [check, findings.map(({ status, message }) => `${status}: ${message}`)]),
  );
}

test('checks run in the order of the table and keep what each found', async () => {
  expect(await run({ fine, broken })).toEqual({ fine: ['ok: Well.'], broken: ['failed: Broken.'] });
});

test('one that throws is a failure of its own, and the others go on', async () => {
  const throwing: Check = { about: '', run: async () => Promise.reject(new Error('oops')) };
  expect(await run({ throwing, fine })).toEqual({
    throwing: ['failed: The check itself broke: oops'],
    fine: ['ok: Well.'],
  });
});

test('one that does not end is given up after its time, and told so by its signal', async () => {
  let told = false;
  const hanging: Check = {
    about: '',
    limitSeconds: 0.05,
    run: async (_, signal) => {
      signal.addEventListener('abort', () => (told = true));
      await sleep(60_000, undefined, { ref: false });
      return ok('Never.');
    },
  };
  expect(await run({ hanging, fine })).toEqual({
    hanging: ['failed: It was not finished after 0.05 s.'],
    fine: ['ok: Well.'],
  });
  expect(told).toBe(true);
});

test('one that needs another is skipped when that failed, and with its reason when that was skipped', async () => {
  const absent: Check = { about: '', run: async () => skipped('There is none.') };
  expect(
    await run({ broken, absent, first: { ...fine, needs: ['broken'] }, second: { ...fine, needs: ['absent'] } }),
  ).toMatchObject({ first: ['skipped: It needs broken, which failed.'], second: ['skipped: There is none.'] });
});

test('one that reads a wrong setting is skipped', async () => {
  const reading: Check = { ...broken, reads: ['PARLEY_PORT'] };
  expect(await run({ reading }, undefined, { PARLEY_PORT: 'x' })).toEqual({
    reading: ['skipped: PARLEY_PORT is wrong, see settings.'],
  });
});

test('only those that are asked for run, with those they need', async () => {
  expect(Object.keys(await run({ fine, broken, third: { ...fine, needs: ['fine'] } }, ['third']))).toEqual([
    'fine',
    'third',
  ]);
});

test('every check needs only checks that exist and stand above it', () => {
  const names = Object.keys(checks);
  for (const [name, { needs = [] }] of Object.entries<Check>(checks))
    for (const needed of needs) expect(names.slice(0, names.indexOf(name))).toContain(needed);
});

test('the table shows every finding with its cure, and at its end what failed', () => {
  const text = printResults([
    { check: 'one', durationMs: 1, findings: [ok('Well.'), failed(`${'Long words '.repeat(20)}end.`, 'Fix it.')] },
    { check: 'second', durationMs: 1, findings: [skipped('Not here.')] },
  ]);
  expect(text).toMatch(/^✓ one {5}Well\.\n✗ {9}Long words/);
  expect(text).toContain('\n          → Fix it.\n– second  Not here.\n\nFailed: one.');
  for (const line of text.split('\n')) expect(line.length).toBeLessThan(120);
});

test('secrets are blacked out, however they come into a text', () => {
  const hide = hideSecrets(
    { DATABASE_URL: 'postgresql://u:hunter%2F22@db/parley', DEEPGRAM_API_KEY: 'dg-123456', OLLAMA_URL: 'http://gpu' },
    ['parley_dev_abcdef', undefined],
  );
  expect(
    hide('dg-123456 hunter/22 hunter%2F22 parley_dev_abcdef redis://x:pass@host postgresql://u:hunter%2F22@db/parley'),
  ).toBe('••• ••• ••• ••• redis://•••@host postgresql://•••@db/parley');
  expect(hide('Use postgresql://user:password@host:5432/database, http://gpu')).toBe(
    'Use postgresql://user:password@host:5432/database, http://gpu',
  );
});

test('what a check loads before does not count as its time, nor as that of others', async () => {
  const order: string[] = [];
  const loading: Check = {
    ...fine,
    prepare: async () => {
      await sleep(20);
      order.push('loaded');
    },
  };
  const other: Check = { about: '', run: async () => (order.push('ran'), ok('Well.')) };
  const unloadable: Check = { ...fine, prepare: () => Promise.reject(new Error('not for this system')) };
  await run({ other, loading, unloadable });
  expect(order).toEqual(['loaded', 'ran']);
});
