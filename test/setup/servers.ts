import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    livekit: { url: string; apiKey: string; apiSecret: string };
  }
}

/** The livekit-server that all tests of a run share. */
export function livekit(): { url: string; apiKey: string; apiSecret: string } {
  return inject('livekit');
}

/** The database that `migratedDatabase` copies. */
export const templateName = 'parley_template';

/** An empty database of its own on the PostgreSQL of the run. `close` drops it, with whatever is still connected. */
export const freshDatabase = () => createDatabase('template1');

/** As `freshDatabase`, with the program's schema: a copy takes a tenth of the time that the migrations take. */
export const migratedDatabase = () => createDatabase(templateName);

async function createDatabase(template: string): Promise<{ url: string; close(): Promise<void> }> {
  const admin = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await query(admin, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => query(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
