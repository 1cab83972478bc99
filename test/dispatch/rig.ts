import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { cloudProviders, providerDelaysMs, startDoubles } from '../../bench/doubles.ts';
import { type SipDouble, startSipDouble } from '../fakes/sip-double.ts';
import { keepsPrivate } from '../setup/keeps-private.ts';
import { livekit, migratedDatabase } from '../setup/servers.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Numbers of the tests; each has a behaviour of its own on the SIP double. */
export const numberOf = (index: number) => `+1415555${String(100 + index).padStart(4, '0')}`;

export type Program = {
  pid: number;
  log: () => string;
  /** SIGKILL to the process and everything it started. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** The program as its operator runs it: real processes, a real database, a real livekit-server behind the SIP double. */
export async function startRig(settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-rig-'));
  const database = await migratedDatabase();
  const sip: SipDouble = await startSipDouble(livekit());
  const doubles = await startDoubles(cloudProviders('It is ready.', providerDelaysMs));
  const port = await freePort();
  const key = randomBytes(16).toString('hex');
  const { apiKey, apiSecret } = livekit();
  const env = {
    ...process.env,
    ...doubles.settings,
    DATABASE_URL: database.url,
    LIVEKIT_URL: sip.url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
    AGENTS_API_KEY: key,
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_WORKER_PORT: '0',
    PARLEY_AGENTS_DIR: path('agents'),
    PARLEY_AGENT_NAME: `agent-${randomBytes(4).toString('hex')}`,
    PARLEY_EMBEDDED: '0',
    PARLEY_CALL_PROCESSES: '1',
    PARLEY_CALLS_PER_SECOND: '50',
    PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY: '1000',
    PARLEY_LOG_LEVEL: 'info',
    PARLEY_DATA_DIR: folder,
    SIP_TRUNK_ID: 'ST_test',
    SIP_FROM_NUMBER: '+14155550100',
    ...settings,
  };
  const api = `http://127.0.0.1:${port}`;
  const running = new Set<Program>();
  const pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);

  async function start(command: 'serve' | 'worker', until: RegExp, more: Record<string, string> = {}) {
    const file = join(folder, `${command}-${Date.now()}.log`);
    const out = openSync(file, 'a');
    const child: ChildProcess = spawn(process.execPath, [path('../../src/main.ts'), command], {
      env: { ...env, ...more },
      stdio: ['ignore', out, out],
      detached: true,
    });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const log = () => readFileSync(file, 'utf8');
    const program: Program = {
      pid: child.pid ?? 0,
      log,
      kill: async () => {
        running.delete(program);
        // The whole group: call processes go with the host, as when a machine dies.
        if (child.exitCode === null && child.signalCode === null) process.kill(-program.pid, 'SIGKILL');
        await exited;
      },
      stop: async () => {
        running.delete(program);
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
        const timer = setTimeout(() => process.kill(-program.pid, 'SIGKILL'), 8_000);
        await exited;
        clearTimeout(timer);
      },
    };
    running.add(program);
    for (let waited = 0; !until.test(log()); waited += 50) {
      if (waited > 100_000 || child.exitCode !== null) throw new Error(`${command} did not start:\n${log()}`);
      await sleep(50);
    }
    return program;
  }

  async function send(method: string, route: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${api}${route}`, {
      method,
      headers: { 'X-API-Key': key, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever the route answers
    const answer: any = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: answer };
  }

  const rig = {
    sip,
    api,
    key,
    databaseUrl: database.url,
    agentName: env.PARLEY_AGENT_NAME,
    send,
    startServe: (more?: Record<string, string>) => start('serve', /Parley serves/, more),
    startWorker: (more?: Record<string, string>) => start('worker', /takes up to/, more),
    /** Places a call and answers its id. */
    async dispatch(number: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
      const answer = await send('POST', '/api/dispatch', { to: number, agent: 'notice', ...more }, headers);
      if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.call_id as string;
    },
    async query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
      return (await pool.query<Row>(sql, values)).rows;
    },
    async state(callId: string): Promise<string> {
      const rows = await rig.query<{ state: string }>('SELECT state FROM parley.calls WHERE id = $1', [callId]);
      return rows[0]?.state ?? 'none';
    },
    /** Waits until the call is there. */
    async until(callId: string, state: string, seconds = 60): Promise<void> {
      const deadline = Date.now() + seconds * 1000;
      for (let seen = await rig.state(callId); seen !== state; seen = await rig.state(callId)) {
        if (Date.now() > deadline) throw new Error(`${callId} is ${seen}, not ${state}.\n${rig.logs()}`);
        await sleep(20);
      }
    },
    async events(callId: string): Promise<string[]> {
      const rows = await rig.query<{ type: string }>(
        "SELECT type FROM parley.call_events WHERE call_id = $1 AND type LIKE 'call.%' ORDER BY sequence",
        [callId],
      );
      return rows.map(({ type }) => type);
    },
    dialsTo: (number: string) => sip.dials.filter(({ to }) => to === number),
    logs: () => [...running].map((program) => program.log()).join('\n—\n'),
    async close() {
      await Promise.all([...running].map((program) => program.stop()));
      const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
      for (const name of logs) keepsPrivate(readFileSync(join(folder, name), 'utf8'));
      await pool.end();
      await sip.close();
      await doubles.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
