import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Examination } from '../http/dependencies.ts';

/** The doctor takes half a minute at most. */
const limitMs = 60_000;
const mostBytes = 1_000_000;

/**
 * What `parley doctor` finds, in a process of its own: what it loads would hold up the requests of this one for seconds. It reads the same
 * environment, and tells no secret. Asked twice at once, both get the same answer.
 */
export function examination(): () => Promise<Examination> {
  let running: Promise<Examination> | undefined;
  return () => {
    running ??= examine().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function examine(): Promise<Examination> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const options = { timeout: limitMs, maxBuffer: mostBytes };
  return new Promise((resolve, reject) => {
    // It exits with 1 where something is wrong, which is no failure of the asking.
    execFile(process.execPath, [...process.execArgv, main, 'doctor', '--json'], options, (error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { checks: Examination }).checks);
      } catch {
        reject(new Error(`The doctor did not answer: ${stderr.slice(-500)}`, { cause: error ?? undefined }));
      }
    });
  });
}
