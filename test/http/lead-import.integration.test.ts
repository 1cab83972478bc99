import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLeadCsv } from '../../src/http/csv/read-lead-csv.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

async function imported(bytes: Uint8Array<ArrayBuffer>, type = 'text/csv') {
  const response = await api.app.request('/api/leads/import', {
    method: 'POST',
    headers: { 'X-API-Key': api.key, 'Content-Type': type },
    body: bytes,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));

test.each([
  ['Latin-1, recognised', latin1, 'text/csv'],
  ['Latin-1, told', latin1, 'text/csv; charset=ISO-8859-1'],
  ['UTF-16, by its mark', utf16, 'text/csv'],
  ['UTF-8', (text: string) => new Uint8Array(Buffer.from(text)), 'text/csv; charset="utf-8"'],
])('names are read as they were written: %s', async (name, encode, type) => {
  const email = `${name.replaceAll(/\W/g, '')}@example.com`.toLowerCase();
  expect((await imported(encode(`email,name\n${email},José Müller\n`), type)).status).toBe(200);
  const { body } = await api.send('GET', `/api/leads?email=${email}`);
  expect(body.leads[0].name).toBe('José Müller');
});

test('a charset that is not known, or not what it says, is refused', async () => {
  const csv = latin1('email,name\nada@example.com,José\n');
  expect(await imported(csv, 'text/csv; charset=klingon')).toMatchObject({ status: 415 });
  expect(await imported(csv, 'text/csv; charset=utf-8')).toMatchObject({ status: 400 });
  expect(await imported(new Uint8Array(Buffer.from('email,name\na@example.com,\0\n')))).toMatchObject({ status: 422 });
});

test('an import lets others come first', async () => {
  const rows = Array.from({ length: 10_000 }, (_, row) => `lead${row}@example.com,Name ${row},+14155552671`);
  const reading = readLeadCsv(`email,name,phone_number\n${rows.join('\n')}`);
  let [over, turns] = [false, 0];
  void reading.finally(() => (over = true));
  while (!over) {
    await sleep(0);
    turns += 1;
  }
  expect((await reading).leads).toHaveLength(10_000);
  // As often as it paused; before, once.
  expect(turns).toBeGreaterThan(100);
});

test('a plus that was not escaped is read as one, and a filter that cannot match is refused', async () => {
  await imported(new Uint8Array(Buffer.from('email\nada+test@example.com\n')));
  expect((await api.send('GET', '/api/leads?email=ada+test@example.com')).body.leads).toHaveLength(1);
  expect((await api.send('GET', '/api/calls?phone_number=+14155550133')).status).toBe(200);
  expect(await api.send('GET', '/api/calls?phone_number=4155550133')).toMatchObject({ status: 422 });
});

test('a dry run and a call refuse options that their provider does not take', async () => {
  const pipeline = { preset: 'embedded', tts: { provider: 'piper-embedded-tts', options: { speed: 'very fast' } } };
  for (const dry_run of [true, false])
    expect(
      await api.send('POST', '/api/dispatch', {
        body: { to: '+14155550133', agent: 'receptionist', pipeline, dry_run },
      }),
    ).toMatchObject({ status: 422, body: { code: 'pipeline_not_configured', field: 'pipeline' } });
});

test('a number that is on the line already is no one to hand the call to', async () => {
  const { checkTransferTarget } = await import('../../src/calls/control/check-transfer-target.ts');
  const call = {
    tenantId: 'tenant_a',
    direction: 'outbound',
    trunkId: 'ST_test',
    fromNumber: '+14155550100',
    phoneNumber: '+14155550133',
    limits: {},
  } as const;
  const { rules, admission, trunks } = api.deps;
  await expect(checkTransferTarget({ call, to: '+1 415 555 0133' }, { rules, admission, trunks })).rejects.toThrow(
    /on the line already/,
  );
});
