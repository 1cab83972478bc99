import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../dispatch/rig.ts';

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const program = path('.parley/n8n/node_modules/n8n/bin/n8n');

export type RealN8n = Awaited<ReturnType<typeof prepareN8n>>;

/** n8n as it is installed, with SQLite in a folder of its own, and our built package where it keeps community nodes. */
export async function prepareN8n() {
  if (!existsSync(program)) throw new Error('n8n is not installed. Run make test-n8n.');
  const folder = mkdtempSync(join(tmpdir(), 'parley-n8n-'));
  const home = join(folder, '.n8n/nodes/node_modules/n8n-nodes-parley');
  mkdirSync(home, { recursive: true });
  for (const part of ['package.json', 'dist'])
    cpSync(path(`integrations/n8n/${part}`), join(home, part), { recursive: true });
  const [port, brokerPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'only for this test',
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_WEBHOOK_URL: `${url}/`,
    WEBHOOK_URL: `${url}/`,
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_SECURE_COOKIE: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    DB_TYPE: 'sqlite',
  };
  const logFile = join(folder, 'n8n.log');
  let child: ChildProcess | undefined;

  return {
    url,
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    /** Runs a command of n8n's own CLI. @throws with what it said */
    cli(...args: string[]): string {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`n8n ${args.join(' ')} failed:\n${stdout}${stderr}`);
      return stdout;
    },
    /** Writes a file for the CLI and answers its path. */
    file(name: string, content: unknown): string {
      const target = join(folder, name);
      writeFileSync(target, JSON.stringify(content));
      return target;
    },
    /** Its workflows become active a moment after this. */
    async start(): Promise<void> {
      const out = openSync(logFile, 'a');
      const started = spawn(process.execPath, [program, 'start'], { env, stdio: ['ignore', out, out] });
      child = started;
      for (let waited = 0; ; waited += 250) {
        if (started.exitCode !== null || waited > 120_000) throw new Error(`n8n did not start:\n${this.log()}`);
        const ready = await fetch(`${url}/healthz/readiness`).catch(() => undefined);
        if (ready?.ok) return;
        await sleep(250);
      }
    },
    /** As its owner does in the editor. */
    async deactivate(workflowId: string): Promise<void> {
      const post = (route: string, body: unknown, cookie = '') =>
        fetch(`${url}/rest/${route}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', cookie },
          body: JSON.stringify(body),
        });
      const owner = { email: 'ada@example.com', firstName: 'Ada', lastName: 'L', password: 'Only-4-this-test' };
      const signedIn = await post('owner/setup', owner);
      const cookie = signedIn.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; ');
      const done = await post(`workflows/${workflowId}/deactivate`, {}, cookie);
      if (!done.ok) throw new Error(`${done.status}: ${await done.text()}`);
    },
    async stop(): Promise<void> {
      const stopping = child;
      child = undefined;
      if (!stopping || stopping.exitCode !== null || stopping.signalCode !== null) return;
      const exited = new Promise((resolve) => stopping.once('exit', resolve));
      stopping.kill('SIGTERM');
      const timer = setTimeout(() => stopping.kill('SIGKILL'), 15_000);
      await exited;
      clearTimeout(timer);
    },
    async close(): Promise<void> {
      await this.stop();
      writeFileSync(path('.parley/n8n/last.log'), this.log());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
