import { expect, test } from 'vitest';
import { database } from '../../src/doctor/checks/database.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { aContext, linesOf } from './a-context.ts';

const linesWith = (version: string) => {
  const pool = { query: async () => ({ rows: [{ server_version: version }] }) } as unknown as Database['pool'];
  const context = aContext({ DATABASE_URL: 'postgresql://u:p@db.invalid/parley' });
  return linesOf(database, { ...context, database: () => ({ pool }) as Database });
};

test('a PostgreSQL that is too old is refused, with the version that is tested', async () => {
  expect(await linesWith('14.20')).toEqual([
    expect.stringMatching(
      /^failed: PostgreSQL 14\.20 is too old\. → Use 15 or newer; Parley is tested with 18\.\d+\.$/,
    ),
  ]);
});

test.each(['15.1', '18.4 (Debian 18.4-1)', '19beta1'])('PostgreSQL %s is taken', async (version) => {
  expect(await linesWith(version)).toEqual([`ok: PostgreSQL ${version} has the database parley.`]);
});
