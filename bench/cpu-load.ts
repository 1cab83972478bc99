import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Keeps every core busy until it is stopped. */
export function startCpuLoad(): { stop(): Promise<void> } {
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  );
  return {
    async stop() {
      await Promise.all(
        children.map(
          (child) =>
            new Promise<void>((resolve) => {
              child.once('exit', () => resolve());
              child.kill('SIGKILL');
            }),
        ),
      );
    },
  };
}
