import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { executablePath } from '../../src/config.ts';
import { runTool } from './run-tool.ts';

/** scripts/nightly-backup with PostgreSQL's programs replaced; test/deploy/backup.long.ts runs the real ones. */
let folder: string;
let backups: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-nightly-'));
  backups = join(folder, 'backups');
  mkdirSync(backups);
  program('pg_dump', 'while [ "$1" != -f ]; do shift; done; echo dump > "$2"');
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}
const nightly = (verb: string, env: Record<string, string> = {}) =>
  runTool(resolve('scripts/nightly-backup'), [backups, verb], {
    env: {
      PATH: [folder, executablePath()].join(delimiter),
      DATABASE_URL: 'postgresql://u:p@db.invalid:5432/parley?sslmode=require',
      ...env,
    },
  });

/** A backup that was made so many days ago. */
function backupOf(days: number): string[] {
  const name = `parley-20260101T0300${String(99 - days).padStart(2, '0')}Z`;
  for (const end of ['dump', 'rdb']) {
    writeFileSync(join(backups, `${name}.${end}`), 'old');
    const at = new Date(Date.now() - days * 86_400_000 - 60_000);
    utimesSync(join(backups, `${name}.${end}`), at, at);
  }
  return [`${name}.dump`, `${name}.rdb`];
}

test('a backup holds a dump and the snapshot of Redis, and what is older than the days to keep is deleted', async () => {
  const kept = backupOf(6);
  backupOf(7);
  backupOf(40);
  writeFileSync(join(backups, 'mine.dump'), 'not ours');
  writeFileSync(join(folder, 'dump.rdb'), 'rooms');
  await nightly('once', { BACKUP_KEEP_DAYS: '7', REDIS_SNAPSHOT: join(folder, 'dump.rdb') });
  const left = readdirSync(backups);
  expect(left).toEqual(expect.arrayContaining([...kept, 'mine.dump']));
  expect(left.filter((name) => /^parley-\d{8}T\d{6}Z\.(dump|rdb)$/.test(name))).toHaveLength(4);
  expect(left).toHaveLength(5);
});

test('a dump that fails deletes nothing and leaves nothing half', async () => {
  program('pg_dump', 'while [ "$1" != -f ]; do shift; done; echo half > "$2"; exit 1');
  const kept = backupOf(40);
  await expect(nightly('once', { BACKUP_KEEP_DAYS: '7' })).rejects.toThrow();
  expect(readdirSync(backups).filter((name) => !name.endsWith('.partial'))).toEqual(kept);
});

test('the check fails where the newest backup is older than 26 hours', async () => {
  await expect(nightly('check')).rejects.toThrow('no backup of the last 26 hours');
  backupOf(2);
  await expect(nightly('check')).rejects.toThrow('no backup of the last 26 hours');
  backupOf(1);
  await nightly('check');
});

test('the drill restores the newest into a database of its own and drops it, also when that fails', async () => {
  program('psql', 'echo "$@" >> "$LOG"; case "$*" in *pg_namespace*) echo 0 ;; *"FROM parley.calls"*) echo 7 ;; esac');
  program('pg_restore', 'echo "pg_restore $@" >> "$LOG"; exit "${FAIL:-0}"');
  backupOf(3);
  const [newest] = backupOf(1);
  const log = join(folder, 'log');
  expect(await nightly('drill', { LOG: log })).toContain(`${newest} was restored and holds 7 calls.`);
  const said = readFileSync(log, 'utf8');
  const [, scratch] = /CREATE DATABASE (parley_drill_\d+)/.exec(said) ?? [];
  expect(said).toContain(`/${scratch}?sslmode=require ${join(backups, newest!)}`);
  expect(said.trim().split('\n').at(-1)).toContain(`DROP DATABASE ${scratch}`);
  await expect(nightly('drill', { LOG: log, FAIL: '1' })).rejects.toThrow('could not be restored');
  expect(readFileSync(log, 'utf8').trim().split('\n').at(-1)).toContain('DROP DATABASE');
});
