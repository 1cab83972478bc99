import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

const largestBytes = 10_000_000;

/** The log of `parley up`: `logs/parley.log` in the data folder. One that has grown large is kept as `parley.log.1`, and a new one begun. */
export function logFileIn(dataDir: string): string {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'parley.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestBytes) renameSync(path, `${path}.1`);
  return path;
}

/** Adds to a log that other processes add to as well. */
export function appendTo(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: 'a' });
  // A full disk must not end the calls.
  stream.on('error', () => undefined);
  return stream;
}
