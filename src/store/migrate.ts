import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Logger, runMigrations } from 'graphile-worker';
import { Client, Pool } from 'pg';
import { isConnectionError } from './connection/connection-error.ts';
import { migrationsFolder, readMigrationState } from './migration-state.ts';

/** Arbitrary, but the same in every replica: whoever holds it migrates. */
const lockId = 7_265_397;

/**
 * Where the database has pgvector, embeddings are kept as its type too, beside their words and inline as far as they fit: those of a
 * thousand passages are compared in milliseconds. The column is derived, so a database may gain the extension at any time.
 */
const comparableEmbeddings = `DO $$ BEGIN
  IF to_regtype('vector') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute
    WHERE attrelid = 'parley.knowledge_vectors'::regclass AND attname = 'meaning' AND NOT attisdropped) THEN
    ALTER TABLE parley.knowledge_vectors ADD COLUMN meaning vector GENERATED ALWAYS AS (embedding::vector) STORED;
    ALTER TABLE parley.knowledge_vectors ALTER COLUMN meaning SET STORAGE MAIN;
  END IF;
END $$`;

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Brings the database to the program's schema, and the job queue's to the queue's. Safe to run twice and from many replicas
 * at once: one migrates, the others wait. Waits while PostgreSQL is starting.
 * @throws MigrationError when the database is newer than the program, or was never reachable.
 */
export async function migrate(options: {
  url: string;
  /** How long to wait for PostgreSQL. */
  waitSeconds?: number;
  log?: (message: string) => void;
  signal?: AbortSignal;
}): Promise<void> {
  const client = await connect(options);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockId]);
    await refuseNewer(client);
    await migrateJobQueue(options.url);
    await applyMigrations(drizzle({ client }), {
      migrationsFolder,
      migrationsSchema: 'parley',
      migrationsTable: 'migrations',
    });
    await client.query('ALTER TABLE parley.migrations ENABLE ROW LEVEL SECURITY');
    await client.query(comparableEmbeddings);
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

async function connect(options: Parameters<typeof migrate>[0]): Promise<Client> {
  const { url, waitSeconds = 30, log, signal } = options;
  const deadline = performance.now() + waitSeconds * 1000;
  for (let attempt = 0; ; attempt += 1) {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      application_name: 'parley-migrate',
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isConnectionError(error) || performance.now() > deadline) throw unreachable(url, error);
      if (attempt === 0) log?.(`Waiting for PostgreSQL at ${new URL(url).host} …`);
      await sleep(Math.min(100 * 2 ** attempt, 1000), undefined, signal ? { signal } : {});
    }
  }
}

function unreachable(url: string, cause: unknown): MigrationError {
  const { host, pathname } = new URL(url);
  const said = cause instanceof AggregateError ? String(cause.errors[0]) : String(cause);
  return new MigrationError(
    `PostgreSQL at ${host}${pathname} cannot be used: ${said}. Check DATABASE_URL, and that the server runs and has this database.`,
    { cause },
  );
}

async function refuseNewer(client: Client): Promise<void> {
  const { state } = await readMigrationState(client);
  if (state === 'newer')
    throw new MigrationError(
      'The database was migrated by a newer version of Parley. Run that version or newer, or restore a backup from before.',
    );
}

async function migrateJobQueue(url: string): Promise<void> {
  const pgPool = new Pool({ connectionString: url, max: 2, application_name: 'parley-migrate' });
  // The statement that is hurt reports the error; the queue's library wants to see listeners on pool and clients.
  pgPool.on('error', () => undefined);
  pgPool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await runMigrations({ pgPool, logger: new Logger(() => () => undefined) });
  } finally {
    await pgPool.end();
  }
}
