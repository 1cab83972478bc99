import { expect, test } from 'vitest';
import { readLeadCsv } from '../../src/http/csv/read-lead-csv.ts';

test('reads quoted cells, a byte order mark, other line ends and columns of any case', async () => {
  const csv = '\uFEFFEmail, Name ,CITY\r\nada@example.com,"Lovelace, ""Ada""",London\r\n';
  expect((await readLeadCsv(csv)).leads).toEqual([
    { email: 'ada@example.com', name: 'Lovelace, "Ada"', data: { city: 'London' } },
  ]);
});

test('an empty cell keeps what is stored, and a later line of one email wins', async () => {
  const csv = 'email,name,phone_number\nada@example.com,Ada,+14155552671\nADA@example.com,,+14155552672\n';
  expect(await readLeadCsv(csv)).toEqual({
    leads: [{ email: 'ada@example.com', name: 'Ada', phoneNumber: '+14155552672' }],
    rejected: [],
  });
});

test('rejects a wrong line with its number and reason, and keeps the others', async () => {
  const csv = 'email,phone_number\nada@example.com,+14155552671\n\nnobody,\nbob@example.com,12345\n';
  const { leads, rejected } = await readLeadCsv(csv);
  expect(leads.map(({ email }) => email)).toEqual(['ada@example.com']);
  expect(rejected).toEqual([
    { line: 4, reason: 'email: Send an email address' },
    { line: 5, reason: expect.stringMatching(/^phone_number: It is not a phone number/) },
  ]);
});

test.each([
  ['no header', 'ada@example.com,Ada\n', /no column `email`/],
  ['nothing', '', /no column `email`/],
  ['an open quote', 'email,name\nada@example.com,"Ada\n', /not valid CSV/],
  ['a header that never ends', `email,${'a'.repeat(200_000)}\n`, /more than 100000 characters/],
  ['a cell that never ends', `email,name\nada@example.com,"${'a\n'.repeat(100_000)}`, /not valid CSV/],
  ['nothing but commas', `email\n${','.repeat(200_000)}\n`, /more than 100000 characters/],
  ['too many columns', `email${',a'.repeat(600)}\n`, /more than 500 columns/],
  ['too many lines', `email\n${'a@example.com\n'.repeat(10_001)}`, /more than 10000 lines/],
])('refuses %s', async (_, csv, message) => {
  await expect(readLeadCsv(csv)).rejects.toThrow(message);
});
