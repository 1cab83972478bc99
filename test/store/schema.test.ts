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

/** Nobody has run a program older than this one. */
const oldestInUse = 15;

test('no migration takes anything away from an older program that runs on', () => {
  const takesAway =
    /\bDROP (COLUMN|TABLE|FUNCTION|TYPE)\b|\bRENAME\b|\bSET NOT NULL\b|\bALTER COLUMN \S+ (SET DATA )?TYPE\b|\bADD COLUMN (?![^;]*\bDEFAULT\b)[^;]*\bNOT NULL\b/i;
  const taking = readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && Number(name.slice(0, 4)) > oldestInUse)
    .filter((name) => takesAway.test(readFileSync(`${folder}/${name}`, 'utf8')));
  expect(taking).toEqual([]);
  for (const sql of [
    'ALTER TABLE "parley"."calls" DROP COLUMN "room";',
    'ALTER TABLE "parley"."calls" ADD COLUMN "shoe" text NOT NULL;',
    'ALTER TABLE "parley"."calls" RENAME COLUMN "room" TO "place";',
    'ALTER TABLE "parley"."calls" ALTER COLUMN "attempt" SET DATA TYPE text;',
  ])
    expect(sql).toMatch(takesAway);
  expect('ALTER TABLE "parley"."calls" ADD COLUMN "shoe" integer DEFAULT 0 NOT NULL;').not.toMatch(takesAway);
});
