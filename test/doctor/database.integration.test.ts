import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhooks } from '../../src/doctor/checks/webhooks.ts';
import { clock, judge } from '../../src/doctor/checks/clock.ts';
import { database, databaseTrouble } from '../../src/doctor/checks/database.ts';
import { migrations } from '../../src/doctor/checks/migrations.ts';
import { worker } from '../../src/doctor/checks/worker.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { freshDatabase } from '../setup/servers.ts';
import { openStore, tenantId } from '../store/open-store.ts';
import { aContext, linesOf } from './a-context.ts';
import { aCertificate, closedPort, httpServer, tcpServer } from './small-server.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

/** The address of the database with parts replaced. */
function changed(change: (url: URL) => void): string {
  const url = new URL(store.url);
  change(url);
  return url.href;
}

const lines = (url: string) => linesOf(database, aContext({ DATABASE_URL: url }));

test('PostgreSQL answers', async () => {
  expect(await lines(store.url)).toEqual([expect.stringMatching(/^ok: PostgreSQL \d+.* has the database test_/)]);
});

test.each<[string, (url: URL) => void, RegExp]>([
  ['another password', (url) => (url.password = 'wrong-secret'), /refuses the password of the user parley.* → Correct/],
  ['a database that is not there', (url) => (url.pathname = '/gone'), /has no database gone\. → Make it: `CREATE DATA/],
  ['a host that is not there', (url) => (url.hostname = 'db.invalid'), /db\.invalid of PostgreSQL is not known/],
  ['TLS that it does not speak', (url) => (url.search = '?sslmode=require'), /speaks no TLS\. → Remove sslmode/],
])('%s is told apart', async (_, change, says) => {
  const said = await lines(changed(change));
  expect(said).toEqual([expect.stringMatching(says)]);
  expect(said[0]).toMatch(/^failed/);
  expect(said[0]).not.toContain('wrong-secret');
});

test('a port where nothing listens, and one where another program does', async () => {
  const port = await closedPort();
  expect((await lines(changed((url) => (url.port = `${port}`))))[0]).toMatch(/nothing listens there/);
  const other = await tcpServer((socket) => socket.destroy());
  expect((await lines(changed((url) => (url.port = `${other.port}`))))[0]).toMatch(/^failed: .*is cut at once/);
});

test('characters of a password that were not encoded are named as the likely cause', async () => {
  // Node reads `p` as the host and what follows as the path: a valid address of another server.
  const said = await lines('postgresql://p:12/34#x@db.example.com/parley');
  expect(said[0]).toMatch(/^failed: .* → The password in DATABASE_URL has special characters\. Percent-encode/);
  expect(said[0]).not.toContain('34#x');
});

test.each([
  ['28000', 'no pg_hba.conf entry for host "192.0.2.7", user "u", database "d", no encryption', /takes TLS only/],
  [
    '28000',
    'no pg_hba.conf entry for host "192.0.2.7", user "u", database "d", SSL encryption',
    /does not let the user/,
  ],
  ['53300', 'sorry, too many clients already', /no connection left/],
  ['57P03', 'the database system is starting up', /starting or stopping/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /certificate.*authority is not known/],
])('SQLSTATE %s: %s', (code, message, says) => {
  const error = Object.assign(new Error(message), { code });
  const found = databaseTrouble(error, 'postgresql://u:p@db.example.com/d');
  expect(found).toMatchObject({ status: 'failed', message: expect.stringMatching(says) as string });
});

test('without a database there is nothing to look at', async () => {
  expect(await linesOf(database, aContext())).toEqual([expect.stringMatching(/^skipped: DATABASE_URL is not set/)]);
});

test('migrations are current, missing, older or newer', async () => {
  const at = (url: string) => linesOf(migrations, aContext({ DATABASE_URL: url }));
  expect(await at(store.url)).toEqual(['ok: The database is at this version.']);
  const empty = await freshDatabase();
  expect(await at(empty.url)).toEqual([expect.stringMatching(/^warning: The database is empty.*`parley migrate`/)]);
  await empty.close();
  const other = await openStore();
  try {
    await other.database.pool.query(
      'DELETE FROM parley.migrations WHERE created_at = (SELECT max(created_at) FROM parley.migrations)',
    );
    expect(await at(other.url)).toEqual([expect.stringMatching(/^failed: .*lacks \d{4}_.*`parley migrate`/)]);
    await other.database.pool.query("INSERT INTO parley.migrations (hash, created_at) VALUES ('x', 9999999999999)");
    expect(await at(other.url)).toEqual([expect.stringMatching(/^failed: .*newer version.*docs\/upgrade\.md/)]);
  } finally {
    await other.close();
  }
});

test('clocks agree, or are off by a little or too much', async () => {
  expect(await linesOf(clock, aContext({ DATABASE_URL: store.url }))).toEqual(['ok: It agrees with PostgreSQL.']);
  const port = await httpServer((_, response) =>
    response.writeHead(200, { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }).end(),
  );
  const env = { PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}` };
  expect(await linesOf(clock, aContext(env))).toEqual([
    expect.stringMatching(/^failed: This machine is \d+ s ahead of the public API\. .* → .*NTP/),
  ]);
  expect(judge({ whose: 'LiveKit', seconds: -20 })).toMatchObject({
    status: 'warning',
    message: 'This machine is 20 s behind LiveKit.',
  });
  expect(await linesOf(clock, aContext())).toEqual([expect.stringMatching(/^skipped/)]);
});

test('a worker elsewhere is known by its connection to the database', async () => {
  const env = { DATABASE_URL: store.url, PARLEY_PORT: `${await closedPort()}`, PARLEY_WORKER_PORT: '0' };
  expect(await linesOf(worker, aContext(env))).toEqual([expect.stringMatching(/^warning: No worker runs/)]);
  const pool = openDatabase({ url: store.url, applicationName: 'parley-worker' });
  await pool.pool.query('SELECT 1');
  expect(await linesOf(worker, aContext(env))).toEqual([
    expect.stringMatching(/^ok: One is connected to the database/),
  ]);
  await pool.close();
});

test('receivers of webhooks are reached without a request, under the rules of deliveries', async () => {
  const endpoints = webhookStore(store.database);
  const own = await aCertificate(100, 'hooks.example.com');
  const secure = await httpServer(() => expect.unreachable('nothing is asked'), own);
  const plain = await tcpServer();
  const urls = [
    `https://hooks.example.com:${secure}/secret-path`,
    `http://hooks.example.com:${plain.port}/`,
    `https://hooks.example.com:${await closedPort()}/`,
    `https://gone.example.com/`,
  ];
  for (const url of urls) await endpoints.insertEndpoint({ tenantId, url, events: ['call.ended'] });
  const lookup = async (host: string) => {
    if (host.startsWith('gone')) throw new Error('ENOTFOUND');
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const look = (more: Record<string, string>, trusted: string[]) =>
    linesOf(webhooks, aContext({ DATABASE_URL: store.url, ...more }, { lookup, trusted }));
  const allowed = await look({ PARLEY_WEBHOOK_ALLOW_PRIVATE: '1' }, [own.cert]);
  expect(allowed).toEqual([
    expect.stringMatching(/^ok: The receiver hooks\.example\.com:\d+ of .* can be reached/),
    expect.stringMatching(/^warning: .* is http: reports travel readable/),
    expect.stringMatching(/^ok/),
    expect.stringMatching(/^failed: .*nothing listens there/),
    expect.stringMatching(/^failed: .*gone\.example\.com cannot be resolved/),
  ]);
  expect(allowed.join()).not.toContain('secret-path');
  expect(plain.bytes()).toBe(0);
  expect((await look({ PARLEY_WEBHOOK_ALLOW_PRIVATE: '1' }, []))[0]).toMatch(/^failed: .*signed by itself/);
  const refused = await look({}, [own.cert]);
  expect(refused[0]).toMatch(/^failed: .*not an address on the open internet\. → .*PARLEY_WEBHOOK_ALLOW_PRIVATE=1/);
});
