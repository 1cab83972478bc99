import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { MigrationError, migrate } from '../../src/store/migrate.ts';
import { freshDatabase } from '../setup/servers.ts';

async function emptyDatabase() {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await database.close();
  });
  return { url: database.url, client };
}

const tables = async (client: Client) =>
  (
    await client.query<{ schemaname: string; tablename: string; rowsecurity: boolean }>(
      `SELECT schemaname, tablename, rowsecurity FROM pg_tables WHERE schemaname IN ('parley', 'public') ORDER BY 2`,
    )
  ).rows;

test('brings an empty database to the schema, and nothing into public', async () => {
  const { url, client } = await emptyDatabase();
  await migrate({ url });
  const found = await tables(client);
  expect(new Set(found.map((table) => table.schemaname))).toEqual(new Set(['parley']));
  await client.query(`SELECT graphile_worker.add_job('some-task')`);
});

test('the documented tables are those that exist', async () => {
  const { url, client } = await emptyDatabase();
  await migrate({ url });
  const documented = [...readFileSync('docs/database.md', 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1]);
  const existing = (await tables(client)).map((table) => table.tablename);
  expect(new Set(documented)).toEqual(new Set(existing));
});

test('run again, and by eight replicas at once, changes nothing more', async () => {
  const { url, client } = await emptyDatabase();
  await Promise.all(Array.from({ length: 8 }, () => migrate({ url })));
  const applied = async () => (await client.query('SELECT hash FROM parley.migrations ORDER BY id')).rows;
  const before = await applied();
  await migrate({ url });
  expect(await applied()).toEqual(before);
});

test('refuses a database that a newer program migrated, and leaves it as it is', async () => {
  const { url, client } = await emptyDatabase();
  await migrate({ url });
  await client.query(`INSERT INTO parley.migrations (hash, created_at) VALUES ('of the future', 99999999999999)`);
  await expect(migrate({ url })).rejects.toThrow(/newer version of Parley/);
});

test('a role that owns nothing sees nothing, even where it was granted everything', async () => {
  const { url, client } = await emptyDatabase();
  await migrate({ url });
  const role = `anon_${process.pid}_${Date.now()}`;
  await client.query(`INSERT INTO parley.tenants (id, name, webhook_secret) VALUES ('t', 'T', 'whsec_x');
    CREATE ROLE ${role};
    GRANT USAGE ON SCHEMA parley TO ${role};
    GRANT ALL ON ALL TABLES IN SCHEMA parley TO ${role}`);
  onTestFinished(async () => {
    await client.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
  const all = await tables(client);
  expect(all.filter((table) => !table.rowsecurity)).toEqual([]);
  expect((await client.query('SELECT count(*)::int AS rows FROM parley.tenants')).rows).toEqual([{ rows: 1 }]);
  await client.query(`SET ROLE ${role}`);
  for (const { tablename } of all)
    expect((await client.query(`SELECT * FROM parley.${tablename}`)).rows, tablename).toEqual([]);
  await expect(
    client.query(`INSERT INTO parley.tenants (id, name, webhook_secret) VALUES ('u', 'U', 'whsec_x')`),
  ).rejects.toThrow(/row-level security/);
});

test('waits for a server that is not there yet, and says so once', async () => {
  const { url } = await emptyDatabase();
  const target = new URL(url);
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as { port: number };
  reserved.close();
  await once(reserved, 'close');
  const proxied = new URL(url);
  proxied.port = String(port);
  proxied.hostname = '127.0.0.1';

  const said: string[] = [];
  const migrated = migrate({ url: proxied.href, log: (message) => said.push(message) });
  await expect.poll(() => said.length).toBe(1);
  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  }).listen(port, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await migrated;
  expect(said).toEqual([expect.stringContaining(`127.0.0.1:${port}`)]);
});

test('a server that never comes is given up, and a missing database is not waited for', async () => {
  const { url } = await emptyDatabase();
  const nowhere = new URL(url);
  nowhere.port = '1';
  await expect(migrate({ url: nowhere.href, waitSeconds: 0.3 })).rejects.toThrow(MigrationError);
  const missing = new URL(url);
  missing.pathname = '/no_such_database';
  await expect(migrate({ url: missing.href, waitSeconds: 600 })).rejects.toThrow(/no_such_database.*DATABASE_URL/s);
});
