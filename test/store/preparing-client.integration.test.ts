import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/connection/database.ts';
import { freshDatabase } from '../setup/servers.ts';

let database: Database;
let fresh: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase({ url: fresh.url, maxConnections: 1 });
});
afterAll(async () => {
  await database.close();
  await fresh.close();
});

const prepared = async () =>
  (await database.pool.query('SELECT statement FROM pg_prepared_statements ORDER BY prepare_time')).rows.map(
    ({ statement }) => statement,
  );

test('a statement that comes again and again is prepared, one that differs each time is not', async () => {
  for (let index = 0; index < 5; index++) {
    await database.run((db) => db.execute(sql`SELECT ${index}::int AS sent`));
    await database.run((db) => db.execute(sql.raw(`SELECT ${index} AS differs`)));
  }
  expect(await prepared()).toEqual(['SELECT $1::int AS sent']);
  const { rows } = await database.run((db) => db.execute(sql`SELECT ${7}::int AS sent`));
  expect(rows).toEqual([{ sent: 7 }]);
});
