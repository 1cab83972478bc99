import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { freePort } from '../../bench/free-port.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { brokenLine } from '../store/broken-line.ts';
import { startOutside } from './outside.ts';
import { type Program, startProgram } from './programs.ts';
import { startServers } from './servers.ts';

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** Two `serve` and two `worker` with all they need, as their operator runs them, and the world around them. */
export async function setStage() {
  const servers = await startServers();
  const outside = await startOutside(servers.livekitAddress);
  const [database, media] = [await brokenLine(servers.postgres.url), await brokenLine(outside.url)];
  const hook = await startWebhookReceiver();
  const [ears, brain, voice] = await Promise.all([
    startDeepgramDouble({ finalDelayMs: 100, transcripts: ['What time do you open on Monday'] }),
    startOpenRouterDouble({ firstTokenMs: 50, reply: 'We open at nine.' }),
    startElevenLabsDouble({ firstAudioMs: 50 }),
  ]);
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
  const serves: Program[] = [];
  const workers: Program[] = [];
  const apis: string[] = [];
  for (const index of [1, 2]) {
    const port = await freePort();
    apis.push(`http://127.0.0.1:${port}`);
    const name = `serve-${index}`;
    const settings = { ...env, PARLEY_PORT: String(port) };
    serves.push(await startProgram({ name, command: 'serve', env: settings, logFile: servers.logFile(name) }));
  }
  for (const name of ['worker-1', 'worker-2'])
    workers.push(await startProgram({ name, command: 'worker', env, logFile: servers.logFile(name) }));
  // Not through the line that is cut: whoever looks on sees all.
  const pool = new Pool({ connectionString: servers.postgres.url, max: 2 });
  pool.on('error', () => undefined);

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
  await request('POST', '/api/webhooks', { url: hook.url, events: ['call.answered', 'call.ended'] });

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
    /** How often the model was asked. */
    answersGiven: () => brain.requests.length,
    query: async <Row extends object>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows,
    async close({ keepLogs }: { keepLogs: boolean }) {
      await Promise.all([...serves, ...workers].map((program) => program.stop()));
      await outside.stop();
      await pool.end();
      await Promise.all([hook, ears, brain, voice].map((double) => double.close()));
      database.close();
      media.close();
      await servers.stop({ keepLogs });
    },
  };
}
