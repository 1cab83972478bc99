import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executablePath } from '../../src/config.ts';
import { type PostgresServer, startPostgres } from '../../src/stack/postgres.ts';
import { numberOf, type Rig, startRig } from '../dispatch/rig.ts';
import { toolPath } from '../setup/tools.ts';
import { freePorts } from '../worker/free-ports.ts';
import { runTool } from './run-tool.ts';

/** The very commands of docs/backup.md, in their order there. */
const [backup = '', restore = ''] = [...readFileSync('docs/backup.md', 'utf8').matchAll(/```sh\n(.+?)```/gs)].map(
  ([, commands]) => commands!,
);
const clients = toolPath('postgres-client');
const folder = mkdtempSync(join(tmpdir(), 'parley-backup-'));
let server: PostgresServer;
let rig: Rig;

beforeAll(async () => {
  if (!clients) return;
  server = await startPostgres({ dataDir: folder, port: await freePorts(1), durable: false });
  symlinkSync(resolve('test/deploy/docker-as-shell.sh'), join(folder, 'docker'));
  rig = await startRig({ DATABASE_URL: server.url });
}, 120_000);
afterAll(async () => {
  await rig?.close();
  await server?.process.stop();
  rmSync(folder, { recursive: true, force: true });
});

function sh(commands: string, env: Record<string, string> = {}): Promise<string> {
  const { hostname, port, password } = new URL(server.url);
  return runTool('sh', ['-euc', commands], {
    env: {
      PATH: [folder, clients, executablePath()].join(delimiter),
      PGHOST: hostname,
      PGPORT: port,
      PGPASSWORD: password,
      DATABASE_URL: server.url,
      ...env,
    },
  });
}

async function rows<Row extends object>(sql: string, url = server.url): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilEnded(id: string): Promise<Record<string, unknown>> {
  let call: { status?: string } = {};
  await expect
    .poll(async () => (call = (await rig.send('GET', `/api/calls/${id}`)).body).status, { timeout: 40_000 })
    .toBe('ended');
  return call;
}

test.skipIf(!clients)(
  'what the guide backs up and restores is all there, and rings nobody a second time',
  { timeout: 300_000 },
  async () => {
    const [before, waiting, later, after] = [1, 2, 3, 4].map(numberOf) as [string, string, string, string];
    for (const number of [before, waiting, after])
      rig.sip.set(number, { does: 'answer', afterMs: 100, hangUpAfterMs: 1500 });
    const serve = await rig.startServe();
    let worker = await rig.startWorker();
    const endedId = await rig.dispatch(before, { metadata: { order: 7 } });
    const ended = await untilEnded(endedId);
    expect(ended).toMatchObject({ outcome: 'completed', metadata: { order: 7 } });
    const lead = (await rig.send('POST', '/api/leads', { email: 'ann@example.com', phone_number: before })).body;
    expect((await rig.send('POST', '/api/keys', { name: 'n8n', scopes: ['calls:read'] })).status).toBe(201);
    await worker.stop();
    const waitingId = await rig.dispatch(waiting);
    const laterId = await rig.dispatch(later, {
      schedule: { not_before: new Date(Date.now() + 3_600_000).toISOString() },
    });

    const file = join(folder, 'last-night.dump');
    await sh(backup.replace(/parley-\$\(date \+%F\)\.dump/, file));

    // After the backup, the call that waited is made.
    worker = await rig.startWorker();
    await untilEnded(waitingId);
    expect(rig.dialsTo(waiting)).toHaveLength(1);
    await Promise.all([serve.stop(), worker.stop()]);

    const said = await sh(restore.replace(/parley-[\d-]+\.dump/, file));
    expect(said).toContain(`${waitingId}\n1 calls were ended`);
    await Promise.all([rig.startServe(), rig.startWorker()]);
    expect((await rig.send('GET', `/api/calls/${endedId}`)).body).toEqual(ended);
    expect((await rig.send('GET', `/api/calls/${waitingId}`)).body).toMatchObject({
      status: 'ended',
      outcome: 'unknown',
      end_reason: 'database_restored',
    });
    expect((await rig.send('GET', `/api/calls/${laterId}`)).body).toMatchObject({ status: 'scheduled' });
    expect((await rig.send('GET', `/api/leads/${lead.lead_id}`)).body).toEqual(lead);
    expect(await rows(`SELECT name FROM parley.api_keys WHERE name = 'n8n'`)).toHaveLength(1);
    expect(await rows('SELECT call_id FROM analytics.calls')).toHaveLength(3);
    // It takes calls as ever, and whatever was to be dialled before them has been.
    await untilEnded(await rig.dispatch(after));
    expect([before, waiting, later, after].map((number) => rig.dialsTo(number).length)).toEqual([1, 1, 0, 1]);
  },
);

test.skipIf(!clients)('scripts/backup does it for a database elsewhere, and restores over nothing', async () => {
  const file = join(folder, 'elsewhere.dump');
  await sh(`scripts/backup backup ${file}`);
  await rows('CREATE DATABASE elsewhere');
  const elsewhere = { DATABASE_URL: server.urlOf('elsewhere') };
  await sh(`scripts/backup restore ${file}`, elsewhere);
  const count =
    'SELECT (SELECT count(*) FROM parley.call_events) AS events, (SELECT count(*) FROM analytics.calls) AS calls';
  expect(await rows(count, server.urlOf('elsewhere'))).toEqual(await rows(count));
  await expect(sh(`scripts/backup restore ${file}`, elsewhere)).rejects.toThrow('Restore into an empty one');
});
