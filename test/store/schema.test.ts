import { readFileSync, readdirSync } from 'node:fs';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { expect, test } from 'vitest';

const folder = 'src/store/migrations';

test('the migrations make exactly the schema of the program', async () => {
  const names = readdirSync('src/store/schema').map((file) => file.replace(/\.ts$/, ''));
  const modules = await Promise.all(
    names.map((name) => import(`../../src/store/schema/${name}.ts`) as Promise<object>),
  );
  const snapshots = readdirSync(`${folder}/meta`).filter((name) => name.endsWith('_snapshot.json'));
  const migrated = JSON.parse(readFileSync(`${folder}/meta/${snapshots.toSorted().at(-1)}`, 'utf8'));
  const current = generateDrizzleJson(Object.assign({}, ...modules), migrated.id, ['parley']);
  expect(current.tables).not.toEqual({});
  expect(await generateMigration(migrated, current)).toEqual([]);
});
