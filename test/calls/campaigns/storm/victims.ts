import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that is killed and started again until it is stopped. */
export type Victim = {
  /** Ends without a word, as by SIGKILL or a power cut, and comes back. */
  strike(): Promise<void>;
  stop(): Promise<void>;
};

/** A phone rang; `at` is Unix time in milliseconds. */
export type Ring = { callId: string; number: string; at: number };

/** What `workers-main.ts` writes: it is up, a phone rings, a call is over. */
type Line = { up?: number; ring?: string; number?: string; at?: number; over?: string };

async function startVictim(file: URL, args: () => string[], onLine: (line: string) => void): Promise<Victim> {
  const program = fileURLToPath(file);
  let child: ChildProcess;
  let read: Promise<unknown>;
  const start = async () => {
    child = spawn(process.execPath, [program, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', onLine);
    read = once(lines, 'close');
    await once(lines, 'line');
  };
  const stop = async () => {
    child.kill('SIGKILL');
    // What it wrote before its death is read to the end.
    await read;
  };
  await start();
  return {
    async strike() {
      await stop();
      await start();
    },
    stop,
  };
}

/** The jobs and the sweeper of a `serve` process. */
export const startReplica = (url: string) =>
  startVictim(
    new URL('dispatcher-main.ts', import.meta.url),
    () => [url],
    () => undefined,
  );

/** Workers and their phones; what rings is kept here, whoever is killed. */
export function startWorkers(url: string, random: () => number) {
  const rings: Ring[] = [];
  let mostAtOnce = 0;
  const ringing: Set<string>[] = [];
  return {
    rings,
    /** Phones that rang or were answered at the same time. Those of a worker that was killed fall silent. */
    mostAtOnce: () => mostAtOnce,
    async start(): Promise<Victim> {
      const own = new Set<string>();
      ringing.push(own);
      const args = () => [url, String(Math.floor(random() * 2 ** 32))];
      return startVictim(new URL('workers-main.ts', import.meta.url), args, (line) => {
        const { up, ring, number, at, over } = JSON.parse(line) as Line;
        if (up !== undefined) own.clear();
        if (over !== undefined) own.delete(over);
        if (ring === undefined) return;
        rings.push({ callId: ring, number: number!, at: at! });
        own.add(ring);
        mostAtOnce = Math.max(
          mostAtOnce,
          ringing.reduce((sum, { size }) => sum + size, 0),
        );
      });
    },
  };
}
