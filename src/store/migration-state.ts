import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClientBase, Pool } from 'pg';

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** How a database stands to this program: never migrated, lacking some migrations, equal, or migrated by a newer program. */
export type MigrationState = { state: 'empty' | 'older' | 'current' | 'newer'; missing: string[] };

/** Changes nothing. */
export async function readMigrationState(client: ClientBase | Pool): Promise<MigrationState> {
  const { entries } = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number; tag: string }[];
  };
  const all = entries.map(({ tag }) => tag);
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('parley.migrations') IS NOT NULL AS exists`,
  );
  if (!rows[0]?.exists) return { state: 'empty', missing: all };
  const applied = await client.query<{ newest: string | null }>(
    'SELECT max(created_at) AS newest FROM parley.migrations',
  );
  const newest = Number(applied.rows[0]?.newest ?? 0);
  if (newest > Math.max(...entries.map(({ when }) => when))) return { state: 'newer', missing: [] };
  const missing = entries.filter(({ when }) => when > newest).map(({ tag }) => tag);
  return { state: missing.length > 0 ? 'older' : 'current', missing };
}
