import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startPostgres } from '../../src/stack/postgres.ts';
import { freshDatabase, livekit } from '../setup/servers.ts';
import { freePorts } from '../worker/free-ports.ts';
import { type RunningParley, runParley } from './running-parley.ts';

const running: RunningParley[] = [];
afterEach(async () => {
  for (const parley of running) parley.kill('SIGTERM');
  await Promise.all(running.splice(0).map(({ exit }) => exit));
});

function start(verb: string, settings: Record<string, string>): RunningParley {
  const { url, apiKey, apiSecret } = livekit();
  const parley = runParley([verb], {
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
    PARLEY_PORT: '0',
    PARLEY_WORKER_PORT: '0',
    PARLEY_EMBEDDED: '0',
    PARLEY_CALL_PROCESSES: '1',
    PARLEY_AGENT_NAME: `start-order-${process.pid}`,
    ...settings,
  });
  running.push(parley);
  return parley;
}

test('a PostgreSQL that starts last is waited for by every command, which says so', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-late-'));
  const port = await freePorts(1);
  const earlier = await startPostgres({ dataDir, port, durable: false });
  await earlier.process.stop();
  const started = ['migrate', 'serve', 'worker'].map((verb) => start(verb, { DATABASE_URL: earlier.url }));
  const [migrate, serve, worker] = started as [RunningParley, RunningParley, RunningParley];
  for (const parley of started) await parley.untilSaid(`Waiting for PostgreSQL at 127.0.0.1:${port}`, 60);
  const late = await startPostgres({ dataDir, port, durable: false });
  try {
    expect(await migrate.exit, migrate.output()).toMatchObject({ code: 0 });
    await serve.untilSaid('Parley serves', 60);
    await worker.untilSaid('takes up to', 60);
  } finally {
    for (const parley of started) parley.kill('SIGTERM');
    await Promise.all(started.map(({ exit }) => exit));
    await late.process.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a database of a newer version is refused by every command, with what to do', async () => {
  const database = await freshDatabase();
  try {
    expect(await start('migrate', { DATABASE_URL: database.url }).exit).toMatchObject({ code: 0 });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`INSERT INTO parley.migrations (hash, created_at) VALUES ('of the future', 99999999999999)`);
    await client.end();
    for (const parley of ['migrate', 'serve', 'worker'].map((verb) => start(verb, { DATABASE_URL: database.url }))) {
      expect(await parley.exit, parley.output()).toMatchObject({ code: 1 });
      expect(parley.output()).toContain('Run that version or newer, or restore a backup from before.');
    }
  } finally {
    await database.close();
  }
});

test('without LiveKit the API starts and says so, and the worker waits; a key that is refused ends both', async () => {
  const database = await freshDatabase();
  const settings = { DATABASE_URL: database.url };
  try {
    const nowhere = { ...settings, LIVEKIT_URL: 'ws://127.0.0.1:1' };
    const serve = start('serve', nowhere);
    const worker = start('worker', nowhere);
    await serve.untilSaid('LiveKit at 127.0.0.1:1 cannot be reached yet', 60);
    await serve.untilSaid('Parley serves', 60);
    await worker.untilSaid('Waiting for livekit-server at 127.0.0.1:1', 60);
    // Told to go while it waits, it goes.
    worker.kill('SIGTERM');
    await worker.exit;
    expect(worker.output()).toContain('Stopped before it was up.');
    const stranger = { ...settings, LIVEKIT_API_KEY: 'nobody' };
    for (const parley of [start('serve', stranger), start('worker', stranger)]) {
      expect(await parley.exit, parley.output()).toMatchObject({ code: 1 });
      expect(parley.output()).toContain('LiveKit refused our key. Set LIVEKIT_API_KEY');
    }
  } finally {
    await Promise.all(running.map((parley) => (parley.kill('SIGTERM'), parley.exit)));
    await database.close();
  }
});
