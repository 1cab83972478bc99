import { open, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const touchEveryMs = 2000;
const staleAfterMs = 15_000;
const lookEveryMs = 250;

/**
 * Runs `work` while no other process does the same with this folder. The lock is a file whose time is renewed while the
 * work lasts, so that one left by a killed process is taken over after 15 s, also across containers that share a disk.
 */
export async function withFolderLock<T>(
  folder: string,
  options: { signal?: AbortSignal | undefined; onWait: () => void },
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, '.lock');
  for (let waited = false; !(await create(path)); waited = true) {
    if (!waited) options.onWait();
    const ageMs = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (ageMs > staleAfterMs) await rm(path, { force: true });
    else await delay(lookEveryMs, undefined, { signal: options.signal });
  }
  const touch = setInterval(() => {
    void utimes(path, new Date(), new Date()).catch(() => undefined);
  }, touchEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(path, { force: true });
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
