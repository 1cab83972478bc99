import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { migratedDatabase, query } from '../setup/servers.ts';
import { dataFolder, freePorts, isFree, runParley } from './running-parley.ts';

const data = dataFolder();
let ports: Awaited<ReturnType<typeof freePorts>>;
beforeAll(async () => {
  ports = await freePorts();
});
afterAll(() => data.remove());

/** Processes that were started for this data folder, or for a child of one that was. */
function leftBehind(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(data.path));
}

async function listenOn(port: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
  return server;
}

/** `up` with these settings ends with this sentence, and nothing that it started is left. */
async function expectClean(settings: Record<string, string>, said: string, taken?: keyof typeof ports): Promise<void> {
  const blocker = taken && (await listenOn(ports[taken]));
  const parley = runParley(['up'], { ...ports, PARLEY_DATA_DIR: data.path, ...settings });
  expect(await parley.exit, parley.output()).toMatchObject({ code: 1 });
  await new Promise((resolve) => (blocker ? blocker.close(resolve) : resolve(undefined)));
  expect(parley.output()).toContain(said);
  expect(leftBehind()).toEqual([]);
  const livekit = Number(ports.PARLEY_LIVEKIT_PORT);
  for (const port of [ports.PARLEY_PORT, ports.PARLEY_POSTGRES_PORT, livekit, livekit + 1])
    expect(await isFree(Number(port)), `${port} is taken`).toBe(true);
}

test.each([
  ['the models', { PARLEY_EMBEDDED_LLM: '/nope.gguf' }, undefined, 'PARLEY_EMBEDDED_LLM'],
  ['livekit-server', { PARLEY_EMBEDDED: '0' }, 'PARLEY_LIVEKIT_PORT', 'PARLEY_LIVEKIT_PORT'],
  ['PostgreSQL', { PARLEY_EMBEDDED: '0' }, 'PARLEY_POSTGRES_PORT', 'PARLEY_POSTGRES_PORT'],
  ['the agents', { PARLEY_EMBEDDED: '0', PARLEY_AGENTS_DIR: '/nope' }, undefined, '/nope'],
] as const)('an `up` that fails at %s leaves nothing running', (_part, settings, taken, said) =>
  expectClean(settings, said, taken),
);

test('an `up` that fails at the schema of the database leaves nothing running', async () => {
  const database = await migratedDatabase();
  onTestFinished(() => database.close());
  await query(
    database.url,
    "INSERT INTO parley.migrations (hash, created_at) VALUES ('of the future', 99999999999999)",
  );
  await expectClean({ PARLEY_EMBEDDED: '0', DATABASE_URL: database.url }, 'newer version of Parley');
});
