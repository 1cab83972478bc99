import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { freePort } from '../../src/stack/free-port.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { closeAll } from '../../src/stack/all-or-none.ts';
import { brokenLine } from '../store/broken-line.ts';
import { startOutside } from './outside.ts';
import { type Program, programOf } from './programs.ts';
import { type Servers, startServers } from './servers.ts';

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** Two `serve` and two `worker` with all they need, as their operator runs them, and the world around them. */
export async function setStage(signal: AbortSignal) {
  const closers: (() => Promise<void>)[] = [];
  let keepLogs = true;
  const close = () => closeAll(closers.splice(0).toReversed());
  try {
    const servers = await startServers();
    closers.push(() => servers.stop({ keepLogs }));
    const stage = await around(servers, closers);
    const started = [...stage.serves, ...stage.workers].map((program) => program.start());
    await Promise.race([Promise.all(started), aborted(signal)]);
    await stage.announceReceiver();
    return {
      ...stage,
      close: (options: { keepLogs: boolean }) => {
        keepLogs = options.keepLogs;
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Rejects when it is. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('Stopped.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

async function around(servers: Servers, closers: (() => Promise<void>)[]) {
  const outside = await startOutside(servers.livekitAddress);
  closers.push(() => outside.stop());
  const [database, media] = [await brokenLine(servers.postgres.url), await brokenLine(outside.url)];
  const hook = await startWebhookReceiver();
  const [ears, brain, voice] = await Promise.all([
    startDeepgramDouble({ finalDelayMs: 100, transcripts: ['What time do you open on Monday'] }),
    startOpenRouterDouble({ firstTokenMs: 50, reply: 'We open at nine.' }),
    startElevenLabsDouble({ firstAudioMs: 50 }),
  ]);
  closers.push(...[hook, ears, brain, voice].map((double) => () => double.close()));
  closers.push(async () => [database, media].forEach((line) => line.close()));
  const key = randomBytes(16).toString('hex');
  const agentName = `storm-${randomBytes(4).toString('hex')}`;
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: servers.redisUrl,
    LIVEKIT_URL: media.url,
    LIVEKIT_API_KEY: servers.livekitAddress.apiKey,
    LIVEKIT_API_SECRET: servers.livekitAddress.apiSecret,
    DEEPGRAM_URL: ears.url,
    DEEPGRAM_API_KEY: 'storm',
    OPENROUTER_URL: brain.url,
    OPENROUTER_API_KEY: 'storm',
    ELEVENLABS_URL: voice.url,
    ELEVENLABS_API_KEY: 'storm',
    ELEVENLABS_VOICE_ID: 'storm',
    AGENTS_API_KEY: key,
    PARLEY_WORKER_PORT: '0',
    PARLEY_AGENTS_DIR: fileURLToPath(new URL('../dispatch/agents', import.meta.url)),
    PARLEY_AGENT_NAME: agentName,
    PARLEY_EMBEDDED: '0',
    PARLEY_CALL_PROCESSES: '1',
    PARLEY_CALLS_PER_PROCESS: '8',
    PARLEY_CALLS_PER_SECOND: '50',
    PARLEY_REQUESTS_PER_MINUTE: '100000',
    PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY: '1000',
    PARLEY_WEBHOOK_ALLOW_PRIVATE: '1',
    PARLEY_DATA_DIR: servers.folder,
    SIP_TRUNK_ID: 'ST_test',
    SIP_FROM_NUMBER: '+14155550100',
  };
  const ports = [await freePort(), await freePort()];
  const apis = ports.map((port) => `http://127.0.0.1:${port}`);
  const program = (command: 'serve' | 'worker', index: number, more: Record<string, string> = {}) => {
    const name = `${command}-${index + 1}`;
    return programOf({ name, command, env: { ...env, ...more }, logFile: servers.logFile(name) });
  };
  const serves: Program[] = ports.map((port, index) => program('serve', index, { PARLEY_PORT: String(port) }));
  const workers: Program[] = [0, 1].map((index) => program('worker', index));
  closers.push(async () => {
    await Promise.all([...serves, ...workers].map((program) => program.stop()));
  });
  // Not through the line that is cut: whoever looks on sees all.
  const pool = new Pool({ connectionString: servers.postgres.url, max: 2 });
  pool.on('error', () => undefined);
  closers.push(() => pool.end());

  /** Asks one replica after the other until one gives an answer that is not its own trouble, as a client behind a balancer does. */
  async function request(method: string, route: string, body: unknown, idempotencyKey?: string): Promise<unknown> {
    const deadlineMs = Date.now() + 60_000;
    for (let attempt = 0; Date.now() < deadlineMs; attempt += 1) {
      const response = await fetch(`${apis[attempt % 2]}${route}`, {
        method,
        headers: {
          'X-API-Key': key,
          'Content-Type': 'application/json',
          ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(8_000),
      }).catch(() => undefined);
      if (response && response.ok) return response.json();
      if (response && response.status < 500 && response.status !== 429 && response.status !== 409)
        throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return undefined;
  }
  async function announceReceiver(): Promise<void> {
    const response = await fetch(`${apis[0]}/api/webhooks`, {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: hook.url, events: ['call.answered', 'call.ended'] }),
    });
    if (!response.ok) throw new Error(`No webhooks: ${response.status} ${await response.text()}`);
  }

  return {
    servers,
    outside,
    database,
    media,
    hook,
    serves,
    workers,
    agentName,
    request,
    announceReceiver,
    /** How often the model was asked. */
    answersGiven: () => brain.requests.length,
    usdPerAnswer: brain.behaviour.cost,
    query: async <Row extends object>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows,
  };
}
