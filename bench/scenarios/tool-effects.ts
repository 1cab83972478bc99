import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '../../src/calls/new-id.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import type { Scenario } from '../scenario.ts';

const main = fileURLToPath(new URL('../effects-main.ts', import.meta.url));
const tenantId = 'bench';
/** From the moment at which a process begins to book to its end. */
const shortestLifeMs = 20;
const longestLifeMs = 800;
/** Calls that a process is given at once. */
const perProcess = 40;

/**
 * A tool with an effect, for so many calls, by processes that are killed at moments nobody chooses; whoever comes next goes on with the
 * calls. The far end carries out what comes under one `Idempotency-Key` once.
 */
export const toolEffects = {
  name: 'tool-effects',
  compared: false,
  async run(bench) {
    const count = bench.quick ? 100 : 1_000;
    const url = await bench.newDatabase();
    await migrate({ url });
    const database = openDatabase({ url, applicationName: 'bench', maxConnections: 4, log: () => undefined });
    const farEnd = await startFarEnd();
    try {
      await tenantStore(database).ensureTenant({ id: tenantId, name: 'Bench' });
      const calls = callStore(database);
      const open: string[] = [];
      for (let index = 0; index < count; index++) {
        const id = newId('call');
        open.push(id);
        await calls.insertCall(
          { id, tenantId, direction: 'web', state: 'in_progress', agent: 'bench', pipeline: 'cloud' },
          { type: 'call.state' },
        );
      }
      const all = [...open];
      let dead: string[] = [];
      let kills = 0;
      while (open.length > 0) {
        const { name, done, killed, freed } = await liveAndDie([
          url,
          farEnd.url,
          dead.join(','),
          ...open.slice(0, perProcess),
        ]);
        dead = [...(freed ? [] : dead), name];
        if (killed) kills += 1;
        for (const id of done) open.splice(open.indexOf(id), 1);
      }
      const effects = all.map((id) => farEnd.effects(id));
      return {
        tool_effects: count,
        tool_effect_kills: kills,
        tool_effects_lost: effects.filter((times) => times === 0).length,
        tool_effects_doubled: effects.filter((times) => times > 1).length,
      };
    } finally {
      await farEnd.stop();
      await database.close();
    }
  },
} as const satisfies Scenario;

/** One process, to its end, which is a kill where it does not come sooner. */
async function liveAndDie(
  args: readonly string[],
): Promise<{ name: string; done: string[]; killed: boolean; freed: boolean }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
  let name = '-';
  const done: string[] = [];
  let freed = false;
  const lifeMs = shortestLifeMs + Math.random() * (longestLifeMs - shortestLifeMs);
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, value = ''] = line.split(' ');
    if (kind === 'process') name = value;
    if (kind === 'done') done.push(value);
    if (kind !== 'free') continue;
    freed = true;
    void delay(lifeMs).then(() => child.kill('SIGKILL'));
  }
  return { name, done, freed, killed: await ended };
}

/** Books once per `Idempotency-Key`, and takes a moment in which the other end may die. */
async function startFarEnd() {
  const keys = new Set<string>();
  const booked = new Map<string, number>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      const { of } = JSON.parse(text) as { of: string };
      if (!keys.has(key)) booked.set(of, (booked.get(of) ?? 0) + 1);
      keys.add(key);
      setTimeout(() => response.writeHead(201, { 'Content-Type': 'application/json' }).end('{}'), Math.random() * 10);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects: (id: string) => booked.get(id) ?? 0,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
