import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCaller } from '../../../src/caller/run-caller.ts';
import { type Program, type Rig, startRig } from '../../dispatch/rig.ts';
import { startOllamaDouble } from '../../fakes/ollama-double.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { livekit } from '../../setup/servers.ts';
import { toolPath } from '../../setup/tools.ts';
import { readSamples } from './read-samples.ts';

const speech = { wav: fileURLToPath(new URL('../../../bench/speech/hours.wav', import.meta.url)) };
const promtool = toolPath('promtool');

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const statusUrl = (worker: Program) => /serves its status at (\S+)\./.exec(worker.log())![1]!;

async function scrape(url: string) {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  if (promtool) execFileSync(promtool, ['check', 'metrics'], { input: text });
  return readSamples(text);
}

/** A person calls from a browser and asks; ends when they have heard an answer, or stays until it is told to stop. */
async function call(signal?: AbortSignal): Promise<string> {
  const { status, body } = await rig.send('POST', '/api/web-calls', { agent: 'notice' });
  expect(status).toBe(201);
  const heard = await runCaller({
    url: livekit().url,
    token: body.token,
    timeoutSeconds: 40,
    script: [{ say: speech }],
    ...(signal && { signal, atEnd: 'wait-for-agent' as const }),
  });
  if (!signal) expect(heard.turns.at(-1)?.responseMs).not.toBeNull();
  return body.call_id;
}

/** @throws Error with the log when it does not become true in time */
async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`It never happened: ${what}.\n${rig.logs()}`);
}

function callProcesses(worker: Program): number[] {
  const children = readFileSync(`/proc/${worker.pid}/task/${worker.pid}/children`, 'utf8').trim().split(' ');
  return children
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('call-process-main'));
}

it('the worker and the API tell Prometheus of a call; what the worker counted outlives the process that held the call', async () => {
  await rig.startServe();
  const worker = await rig.startWorker({ PARLEY_CALL_PROCESSES: '2', PARLEY_CALLS_PER_PROCESS: '1' });
  const address = statusUrl(worker);
  const ready = await until('a worker that is ready', async () => {
    const response = await fetch(`${address}/ready`);
    return response.status === 200 && ((await response.json()) as { status: string });
  });
  expect(ready).toMatchObject({ status: 'ready', dependencies: { livekit: { status: 'up' } } });

  await call();
  const ended = { direction: 'web', agent: 'notice', outcome: 'completed' };
  const before = await until('the end of the call in the metrics', async () => {
    const seen = await scrape(address);
    return seen.value('parley_calls_total', ended) === 1 && seen;
  });
  for (const stage of ['e2e', 'stt', 'llm_ttft', 'tts_ttfb'])
    expect([stage, before.value('parley_turn_latency_seconds_count', { stage, pipeline: 'cloud' })]).toEqual([
      stage,
      1,
    ]);
  for (const [kind, provider] of Object.entries({
    stt: 'deepgram-stt',
    llm: 'openrouter-llm',
    tts: 'elevenlabs-tts',
  })) {
    expect(before.value('parley_provider_requests_total', { kind, provider, status: 'ok' })).toBeGreaterThan(0);
    expect(before.value('parley_cost_usd_total', { kind, provider })).toBeGreaterThan(0);
  }
  expect(before.value('parley_tokens_total', { type: 'completion' })).toBeGreaterThan(0);
  expect(before.value('parley_tts_characters_total')).toBeGreaterThan(0);
  expect(before.value('parley_stt_audio_seconds_total')).toBeGreaterThan(0);
  for (const name of ['parley_call_setup_duration_seconds', 'parley_greeting_latency_seconds'])
    expect(before.value(`${name}_count`, { direction: 'web' })).toBe(1);
  expect(before.value('parley_worker_capacity_calls')).toBe(2);
  expect(before.value('parley_worker_connected')).toBe(1);

  const serve = await scrape(rig.api);
  expect(serve.value('parley_queue_calls', { state: 'queued' })).toBe(0);
  expect(serve.value('parley_dependency_up', { dependency: 'postgres' })).toBe(1);
  expect(serve.value('parley_webhook_deliveries_total', { result: 'dead' })).toBe(0);
  expect(serve.value('parley_spend_day_limit_usd')).toBe(50);

  for (const pid of callProcesses(worker)) process.kill(pid, 'SIGKILL');
  const after = await until('two new call processes', async () => {
    const seen = await scrape(address);
    return seen.value('parley_worker_call_process_deaths_total') === 2 && seen;
  });
  const totals = before.samples.filter(({ name }) => /_(total|count|sum|bucket)$/.test(name));
  expect(totals.length).toBeGreaterThan(50);
  for (const { name, labels, value } of totals)
    expect(after.value(name, labels), `${name} ${JSON.stringify(labels)}`).toBeGreaterThanOrEqual(value);

  // Not through a proxy; and there is nothing else there.
  expect((await fetch(`${address}/metrics`, { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status).toBe(401);
  expect((await fetch(`${rig.api}/metrics`, { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status).toBe(401);
  expect((await fetch(`${address}/api/calls`)).status).toBe(404);
});

it('a call on another process goes around a provider that a call of the host found broken', async () => {
  const openrouter = await startOpenRouterDouble({ refuse: { status: 401 } });
  const ollama = await startOllamaDouble();
  try {
    await rig.startServe();
    const worker = await rig.startWorker({
      PARLEY_CALL_PROCESSES: '2',
      PARLEY_CALLS_PER_PROCESS: '1',
      OPENROUTER_URL: openrouter.url,
      OLLAMA_URL: ollama.url,
      OLLAMA_MODEL: 'llama3.1:8b',
    });
    const address = statusUrl(worker);
    await until('two call processes', async () => (await scrape(address)).value('parley_worker_call_processes') === 2);
    const hangUp = new AbortController();
    // It keeps its process busy, so that the next call has to run in the other one.
    const first = call(hangUp.signal);
    await until('an outage', async () => (await scrape(address)).value('parley_provider_up') === 0);
    const asked = openrouter.requests.length;
    expect(asked).toBeGreaterThan(0);
    await call();
    expect(openrouter.requests).toHaveLength(asked);
    const seen = await scrape(address);
    const broken = { provider: 'openrouter-llm', kind: 'llm' };
    expect(seen.value('parley_provider_errors_total', { ...broken, reason: 'bad_key' })).toBe(asked);
    expect(seen.value('parley_provider_requests_total', { provider: 'ollama-llm', status: 'ok' })).toBeGreaterThan(1);
    const health = (await (await fetch(`${address}/health`)).json()) as { providers: object };
    expect(health.providers).toMatchObject({ 'openrouter-llm': { status: 'down', code: 'bad_key' } });

    // While it lets the call finish it says that it wants no other, and is not to be killed for that.
    process.kill(worker.pid, 'SIGTERM');
    const answer = await until('a drain', async () => {
      const response = await fetch(`${address}/ready`);
      return response.status === 503 && ((await response.json()) as { status: string });
    });
    expect(answer.status).toBe('draining');
    expect((await fetch(`${address}/health`)).status).toBe(200);
    expect((await scrape(address)).value('parley_worker_draining')).toBe(1);
    // The second caller has hung up, the first has not.
    await until(
      'one call',
      async () => (await scrape(address)).value('parley_calls_active', { agent: 'notice' }) === 1,
    );
    hangUp.abort();
    await first;
  } finally {
    await openrouter.close();
    await ollama.close();
  }
});
