import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import versions from '#root/versions.json' with { type: 'json' };

export type RunningParley = {
  pid: number;
  /** Everything it has written so far, both streams. */
  output(): string;
  /** Resolves when the output holds the text; throws with the output when the process ends first or the time is over. */
  untilSaid(text: string | RegExp, seconds: number): Promise<void>;
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
};

/** A data folder of its own that shares the fetched models and servers of this project. */
export function dataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'parley-up-'));
  for (const name of ['models', 'livekit-server']) {
    const kept = resolve('.parley', name);
    if (!existsSync(kept)) continue;
    if (name === 'models') symlinkSync(kept, join(path, name));
    else {
      mkdirSync(join(path, name));
      const { tested } = versions['livekit-server'];
      symlinkSync(join(kept, tested), join(path, name, tested));
    }
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Ports for one `up`: the API, PostgreSQL, and three in a row for livekit-server. */
export async function freePorts(): Promise<{
  PARLEY_PORT: string;
  PARLEY_POSTGRES_PORT: string;
  PARLEY_LIVEKIT_PORT: string;
}> {
  for (;;) {
    const first = 14_000 + 5 * Math.floor(Math.random() * 1000);
    const free = await Promise.all([0, 1, 2, 3, 4].map((offset) => isFree(first + offset)));
    if (free.every(Boolean))
      return { PARLEY_PORT: `${first}`, PARLEY_POSTGRES_PORT: `${first + 1}`, PARLEY_LIVEKIT_PORT: `${first + 2}` };
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}

/** Runs a verb of the program as a user would, without the settings of this shell. */
export function runParley(args: string[], settings: Record<string, string>): RunningParley {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, NODE_ENV: 'production', ...settings };
  const child: ChildProcess = spawn(process.execPath, ['src/main.ts', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const collect = (chunk: Buffer) => (text += chunk.toString('utf8'));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  let over = false;
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((settle) =>
    child.once('close', (code, signal) => {
      over = true;
      settle({ code, signal });
    }),
  );
  const has = (wanted: string | RegExp) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
  return {
    pid: child.pid ?? 0,
    output: () => text,
    async untilSaid(wanted, seconds) {
      for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline && !over && !has(wanted);)
        await new Promise((settle) => setTimeout(settle, 50));
      if (!has(wanted)) throw new Error(`It did not say ${String(wanted)} but:\n${text}`);
    },
    exit,
    kill: (signal) => void child.kill(signal),
  };
}
