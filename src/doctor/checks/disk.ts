import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Check } from '../check.ts';
import { failed, ok, warning } from '../finding.ts';

const failBytes = 200e6;
const warnBytes = 1e9;

export const disk: Check = {
  about: 'The data folder: whether it can be written, and the space left on its disk.',
  reads: ['PARLEY_DATA_DIR'],
  async run({ config: { PARLEY_DATA_DIR: folder } }) {
    const there = nearest(folder);
    try {
      accessSync(there, constants.W_OK);
    } catch (error) {
      return failed(
        `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        'Give this user the right to write there, or set PARLEY_DATA_DIR to a folder that can be written.',
      );
    }
    const { bavail, bsize } = await statfs(there);
    return spaceLeft(folder, bavail * bsize);
  },
};

export function spaceLeft(folder: string, bytes: number) {
  const left = `${(bytes / 1e9).toFixed(1)} GB are free for ${folder}`;
  const cure =
    'Free some space (old recordings, logs, `docker system prune`), or move PARLEY_DATA_DIR to a larger disk.';
  if (bytes < failBytes) return failed(`Only ${left}: databases stop when a disk is full.`, cure);
  return bytes < warnBytes ? warning(`Only ${left}.`, cure) : ok(`${left}.`);
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
