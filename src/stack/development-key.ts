import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The API key that `up` makes for this data folder, so that the page and `parley call` work without any set-up. */
export function keptDevelopmentKey(dataDir: string): string {
  const known = readDevelopmentKey(dataDir);
  if (known) return known;
  const key = `parley_dev_${randomBytes(24).toString('base64url')}`;
  writeFileSync(fileOf(dataDir), key, { mode: 0o600 });
  return key;
}

export function readDevelopmentKey(dataDir: string): string | undefined {
  return existsSync(fileOf(dataDir)) ? readFileSync(fileOf(dataDir), 'utf8').trim() : undefined;
}

const fileOf = (dataDir: string) => join(dataDir, 'development-key');
