import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { pipelinePresets, scriptSchema, type WantedPipeline } from '../../pipelines/index.ts';
import type { Agent } from '../../src/agent-files/agent.ts';
import { resultSchema } from '../../src/agent-files/result.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import type { CallResult } from '../../src/calls/result/call-result.ts';
import type { AnalyzeJob } from '../../src/calls/result/request-analysis.ts';
import { composeAnalysis } from '../../src/compose/compose-analysis.ts';
import { pipelineDirectory } from '../../src/compose/pipeline-directory.ts';
import { analyzeCallTask } from '../../src/dispatch/analyze-call.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { deliveryStore } from '../../src/store/webhooks/delivery-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { type OpenRouterDouble, startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { aCall, openStore, tenantId } from '../store/open-store.ts';
import { anAgent } from '../worker/an-agent.ts';

let database: Database;
let close: () => Promise<void>;
let calls: CallStore;
let double: OpenRouterDouble;

beforeAll(async () => {
  ({ database, close } = await openStore());
  calls = callStore(database);
});
afterAll(() => close());
beforeEach(async () => {
  double = await startOpenRouterDouble();
});
afterEach(() => double.close());

const result: Agent['result'] = resultSchema.parse({
  fields: { cakes: { type: 'number', about: 'how many', min: 1 }, day: { type: 'date', about: 'when' } },
  summary: true,
});
const agent = anAgent({ result });
const fitting = JSON.stringify({
  fields: { cakes: { value: 2, turn: 1 }, day: { value: null, turn: null } },
  summary: 'Two cakes.',
});

/** The job as the queue has it, with everything behind it as `serve` has it. */
async function taskFor(served: Agent = agent) {
  const providers = { 'openrouter-llm': { apiKey: 'sk-or-test', url: double.url } };
  const pipelines = pipelineDirectory({ PARLEY_PIPELINE: 'auto', PARLEY_EMBEDDED: true, providers });
  const modelFor = await composeAnalysis({
    config: { providers, PARLEY_PRICES_FILE: undefined },
    pipelines: {
      ...pipelines,
      // Ears and voice are not asked about a call that is over.
      resolve: (wanted: WantedPipeline, language) =>
        typeof wanted === 'object' && wanted.preset === 'cloud'
          ? { ...pipelinePresets.embedded, name: 'cloud', title: '', llm: [{ provider: 'openrouter-llm' }] }
          : pipelines.resolve(wanted, language),
    },
    measurements: { count: () => undefined, observe: () => undefined },
    log: () => undefined,
  });
  const agents = { get: () => served, list: () => [served] };
  return analyzeCallTask({ calls, agents, modelFor, jobs: jobQueue(database), log: () => undefined }) as (
    payload: unknown,
  ) => Promise<void>;
}

/** A call in which two cakes were ordered. */
async function talkedCall(pipeline = 'cloud') {
  const { id } = await calls.insertCall(
    aCall({ state: 'in_progress', direction: 'inbound', answeredAt: new Date(), pipeline }),
    { type: 'call.answered' },
  );
  const turn = (index: number, role: 'agent' | 'caller', text: string) => {
    const startedMs = index * 1000;
    return { index, role, text, startedMs, endedMs: startedMs + 900, interrupted: false };
  };
  await calls.record(id, {
    turns: [turn(0, 'agent', 'How many cakes?'), turn(1, 'caller', 'Two of them, please.')],
    report: { wants_result: true },
  });
  return id;
}
const end = (callId: string) =>
  calls.transition({
    callId,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
    event: { type: 'call.ended', data: { outcome: 'completed' } },
  });
async function jobOf(callId: string): Promise<{ payload: AnalyzeJob; run_at: Date } | undefined> {
  const { rows } = await database.pool.query(
    'SELECT payload, run_at FROM graphile_worker._private_jobs WHERE key = $1',
    [`analyze:${callId}`],
  );
  return rows[0] as { payload: AnalyzeJob; run_at: Date } | undefined;
}
/** Runs the job of the call as the queue does, which takes its key from it when it begins. */
async function run(callId: string, task: (payload: unknown) => Promise<void>): Promise<AnalyzeJob> {
  const job = await jobOf(callId);
  await database.pool.query('DELETE FROM graphile_worker._private_jobs WHERE key = $1', [`analyze:${callId}`]);
  await task(job!.payload);
  return job!.payload;
}
const resultOf = async (callId: string) => (await calls.findCall(callId))?.report?.['result'] as CallResult | undefined;
const told = async (callId: string) =>
  (await calls.listEvents(callId)).filter(({ type }) => ['call.ended', 'call.analyzed'].includes(type));

test('the end makes the job, and its result is told after the end, priced and with the turn it rests on', async () => {
  double.behaviour.reply = fitting;
  const { id: endpoint } = await webhookStore(database).insertEndpoint({
    tenantId,
    url: 'https://hooks.example.com/',
    events: ['call.ended', 'call.analyzed'],
  });
  const id = await talkedCall();
  expect(await jobOf(id)).toBeUndefined();
  await end(id);
  await run(id, await taskFor());
  expect(await resultOf(id)).toMatchObject({
    status: 'done',
    by: 'model',
    provider: 'openrouter-llm',
    agent_version: 'v1',
    fields: {
      cakes: { type: 'number', said: true, value: 2, turn: 1, quote: 'Two of them, please.' },
      day: { type: 'date', said: false, value: null },
    },
    values: { cakes: 2, day: null },
    summary: 'Two cakes.',
    success: null,
    refused: [],
  });
  expect((await told(id)).map(({ type }) => type)).toEqual(['call.ended', 'call.analyzed']);
  expect(await calls.listCosts(id)).toMatchObject([{ component: 'llm', provider: 'openrouter-llm', usd: '0.00014' }]);
  expect((await calls.findCall(id))?.costUsd).toBe('0.00014');
  const { deliveries } = await deliveryStore(database).listDeliveries({ tenantId, callId: id, limit: 9 });
  expect(deliveries.map(({ sequence }) => sequence).toSorted((one, other) => one - other)).toEqual(
    (await told(id)).map(({ sequence }) => sequence),
  );
  await webhookStore(database).deleteEndpoint(endpoint, tenantId);
  const [row] = (
    await database.pool.query(`SELECT * FROM analytics.call_results WHERE call_id = '${id}' AND field = 'cakes'`)
  ).rows;
  expect(row).toMatchObject({ type: 'number', said: true, number_value: '2', agent: 'receptionist' });
});

test('a job that a process died over is done once', async () => {
  double.behaviour.reply = fitting;
  const id = await talkedCall();
  await end(id);
  const task = await taskFor();
  const payload = await run(id, task);
  await task(payload);
  expect(await told(id)).toHaveLength(2);
});

test('a call that nobody answered, or whose agent asks for nothing, has no job', async () => {
  const missed = await calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.state' });
  await calls.record(missed.id, { report: { wants_result: true } });
  await end(missed.id);
  const plain = await calls.insertCall(aCall({ state: 'in_progress', answeredAt: new Date() }), {
    type: 'call.answered',
  });
  await end(plain.id);
  expect([await jobOf(missed.id), await jobOf(plain.id)]).toEqual([undefined, undefined]);
});

test('a model that is down delays the result, and what it costs meanwhile is kept', async () => {
  const task = await taskFor();
  const id = await talkedCall();
  await end(id);
  double.behaviour.refuse = { status: 503 };
  await run(id, task);
  expect(await told(id)).toHaveLength(1);
  const waiting = await jobOf(id);
  expect(waiting?.payload.attempt).toBe(1);
  expect(waiting!.run_at.getTime()).toBeGreaterThan(Date.now() + 5_000);
  delete double.behaviour.refuse;
  // Nonsense first, then away: the first answer was paid for.
  double.behaviour.reply = () => {
    double.behaviour.refuse = { status: 503 };
    return 'Nonsense.';
  };
  await run(id, task);
  expect(await calls.listCosts(id)).toHaveLength(1);
  expect((await jobOf(id))?.payload.attempt).toBe(2);
  delete double.behaviour.refuse;
  double.behaviour.reply = fitting;
  await run(id, task);
  expect(await resultOf(id)).toMatchObject({ status: 'done', values: { cakes: 2 } });
  expect(await calls.listCosts(id)).toHaveLength(2);
});

test('when its time is over the failure is told, so that nobody waits for it', async () => {
  const task = await taskFor();
  const id = await talkedCall();
  await end(id);
  const { payload } = (await jobOf(id))!;
  double.behaviour.refuse = { status: 503 };
  await task({ ...payload, attempt: 12 });
  expect(await resultOf(id)).toMatchObject({
    status: 'failed',
    by: 'nobody',
    values: { cakes: null, day: null },
    error: expect.stringContaining('openrouter-llm'),
  });
});

test('nonsense is refused and asked for once more, with what was wrong; then it is not said', async () => {
  const bodies: string[] = [];
  double.behaviour.reply = ({ messages }) => {
    bodies.push(JSON.stringify(messages));
    return JSON.stringify({
      fields: { cakes: { value: 'many', turn: 1 }, day: { value: '2026-05-04', turn: 44 } },
      summary: 'Cakes.',
    });
  };
  const id = await talkedCall();
  await end(id);
  await run(id, await taskFor());
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toContain('fields.day: turn must be the number of a turn');
  expect(await resultOf(id)).toMatchObject({
    status: 'done',
    values: { cakes: null, day: null },
    summary: 'Cakes.',
    refused: ['cakes', 'day'],
  });
});

test('words of the caller that give orders fill no field that the form does not have', async () => {
  double.behaviour.reply = JSON.stringify({ ...JSON.parse(fitting), transfer_to: '+19005550100', status: 'failed' });
  const id = await talkedCall();
  await end(id);
  await run(id, await taskFor());
  const result = await resultOf(id);
  expect(result?.status).toBe('done');
  expect(JSON.stringify(result)).not.toContain('+1900');
});

test('where the call had no model, nobody is asked: a script fills it, or the failure says so', async () => {
  const id = await talkedCall('embedded');
  await end(id);
  const task = await taskFor();
  await run(id, task);
  expect((await jobOf(id))?.payload.attempt).toBe(1);
  const script = scriptSchema.parse({
    tasks: [
      {
        id: 'order',
        examples: ['two of them', 'some cakes please'],
        slots: [{ id: 'cakes', ask: 'How many cakes?', kind: 'number' }],
        opens: true,
        done: 'Noted.',
      },
    ],
    unknown: 'I do not know.',
  });
  const scripted = anAgent({ result, script });
  await run(id, await taskFor(scripted));
  expect(await resultOf(id)).toMatchObject({ status: 'done', by: 'script', values: { cakes: 2, day: null } });
  expect(double.requests).toHaveLength(0);
});

test('where nobody spoke no model is asked', async () => {
  const { id } = await calls.insertCall(aCall({ state: 'in_progress', answeredAt: new Date(), pipeline: 'cloud' }), {
    type: 'call.answered',
  });
  await calls.record(id, { report: { wants_result: true } });
  await end(id);
  await run(id, await taskFor());
  expect(await resultOf(id)).toMatchObject({ status: 'done', by: 'nobody', values: { cakes: null } });
  expect(double.requests).toHaveLength(0);
});

test('what is erased while the model thinks stays erased, and its cost is kept', async () => {
  const id = await talkedCall();
  await end(id);
  const erased = Promise.withResolvers<unknown>();
  double.behaviour.raw = async (body, response) => {
    delete double.behaviour.raw;
    await calls.eraseCall(id, tenantId).then(erased.resolve, erased.reject);
    const delta = {
      id: 'gen-1',
      model: body.model,
      choices: [{ index: 0, delta: { content: fitting }, finish_reason: 'stop' }],
    };
    const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18, cost: 0.00014 };
    response.end(
      `data: ${JSON.stringify(delta)}\n\ndata: ${JSON.stringify({ ...delta, choices: [], usage })}\n\ndata: [DONE]\n\n`,
    );
  };
  await run(id, await taskFor());
  await erased.promise;
  expect(await resultOf(id)).toBeUndefined();
  expect((await told(id)).map(({ type }) => type)).toEqual(['call.ended']);
  expect(await calls.listCosts(id)).toHaveLength(1);
});
