import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256OfFile } from './sha256.ts';

const stampSchema = z.record(z.string(), z.object({ bytes: z.number(), mtimeMs: z.number(), sha256: z.string() }));

/**
 * Remembers which files were found right, by size and time of change, so that a start does not hash a hundred megabytes.
 * A file whose size or time differs is hashed again.
 */
export async function openStamps(folder: string) {
  const path = join(folder, 'stamps.json');
  const stamps = await readFile(path, 'utf8').then(
    (text) => stampSchema.catch({}).parse(parseJson(text)),
    () => ({}) as z.output<typeof stampSchema>,
  );

  return {
    /** Whether the file is there with these bytes. */
    async isRight(file: string, expected: { bytes: number; sha256: string }, signal?: AbortSignal): Promise<boolean> {
      const found = await stat(join(folder, file)).catch(() => undefined);
      if (found?.size !== expected.bytes) return false;
      const stamp = stamps[file];
      if (stamp && stamp.bytes === found.size && stamp.mtimeMs === found.mtimeMs)
        return stamp.sha256 === expected.sha256;
      const sha256 = await sha256OfFile(join(folder, file), signal);
      stamps[file] = { bytes: found.size, mtimeMs: found.mtimeMs, sha256 };
      return sha256 === expected.sha256;
    },

    async save(): Promise<void> {
      const text = `${JSON.stringify(stamps, undefined, 2)}\n`;
      if ((await readFile(path, 'utf8').catch(() => '')) === text) return;
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
  };
}

export type Stamps = Awaited<ReturnType<typeof openStamps>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
