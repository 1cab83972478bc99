import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doNotCall } from '../../src/commands/calls/do-not-call.ts';
import { readConfig } from '../../src/config.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { openStore, tenantId } from '../store/open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

/** `parley do-not-call …`, as a terminal shows it. */
async function run(...args: string[]) {
  const { values, positionals } = parseArgs({ args, options: doNotCall.options, allowPositionals: true });
  const out = new PassThrough();
  let said = '';
  out.on('data', (piece: Buffer) => (said += piece.toString()));
  const config = readConfig({ DATABASE_URL: store.url });
  const { signal } = new AbortController();
  const code = await doNotCall.run({ config, values, positionals, signal, out }).catch((error: Error) => {
    said += error.message;
    return 1;
  });
  return { code, said };
}

test('numbers are added, listed, taken off, and read from a file', async () => {
  expect(await run('add', '+1 415 555 0101', '--reason', 'wrote a letter')).toEqual({
    code: 0,
    said: '+14155550101 is on the list: wrote a letter\n',
  });
  expect((await run('add', '+14155550101')).said).toMatch(/was already on the list: wrote a letter/);
  const file = join(mkdtempSync(join(tmpdir(), 'parley-dnc-')), 'numbers.csv');
  writeFileSync(file, `phone_number\n${Array.from({ length: 1200 }, (_, n) => `+1415555${2000 + n}`).join('\n')}\nx\n`);
  expect((await run('import', file)).said).toMatch(/^line 1202: .*\n1200 added, 0 were there already, 1 rejected/);
  const { said } = await run('list');
  expect(said.trim().split('\n')).toHaveLength(1202);
  expect(said).toContain('+14155550101,wrote a letter,command,');
  expect(await run('remove', '+14155550101')).toMatchObject({ code: 0 });
  expect(await run('remove', '+14155550101')).toMatchObject({ code: 1, said: expect.stringContaining('not on that') });
});

test('the operator’s list holds for every tenant, and a tenant has one of its own', async () => {
  const list = doNotCallStore(store.database);
  await run('add', '+14155550102', '--operator');
  expect(await list.find(tenantId, '+14155550102')).toMatchObject({ list: 'operator', source: 'command' });
  await run('add', '+14155550103', '--tenant', tenantId);
  expect(await list.find(tenantId, '+14155550103')).toMatchObject({ list: 'tenant' });
  expect(await list.find('default', '+14155550103')).toBeNull();
});

test('what is not understood is told with the usage', async () => {
  expect(await run('add')).toMatchObject({ code: 2, said: expect.stringContaining('needs one more word') });
  expect(await run('forget')).toMatchObject({ code: 2, said: expect.stringContaining('parley do-not-call add') });
  expect(await run('add', 'nobody')).toMatchObject({ code: 1, said: expect.stringContaining('E.164') });
});
