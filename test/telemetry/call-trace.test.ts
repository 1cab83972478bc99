import { tts } from '@livekit/agents';
import { trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FallbackModel } from '../../pipelines/fallback/fallback-llm.ts';
import { FallbackVoice } from '../../pipelines/fallback/fallback-tts.ts';
import { loadPrices, priceUsage } from '../../pipelines/index.ts';
import { elevenlabsTts } from '../../pipelines/providers/elevenlabs-tts.ts';
import { openrouterLlm } from '../../pipelines/providers/openrouter-llm.ts';
import type { Call } from '../../src/calls/call.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import type { CallTrace, Telemetry } from '../../src/telemetry/telemetry.ts';
import { CostMeter } from '../../src/worker/call/cost-meter.ts';
import { type ElevenLabsDouble, startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { type OpenRouterDouble, startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startOtlpDouble } from '../fakes/otlp-double.ts';
import { chatForTest, contextForTest, standbysForTest } from '../pipelines/call-for-test.ts';

const prices = await loadPrices();
const collector = await startOtlpDouble({ keys: 'pk:sk' });
let telemetry: Telemetry;
beforeAll(() => {
  const Authorization = `Basic ${Buffer.from('pk:sk').toString('base64')}`;
  telemetry = openTelemetry(
    {
      destinations: [{ url: `${collector.url}/api/public/otel/v1/traces`, headers: { Authorization } }],
      content: true,
      serviceName: 'parley',
      environment: 'test',
      version: '1.2.3',
    },
    { secret: 'secret', log: () => undefined, everyMs: 20 },
  );
});
afterAll(async () => {
  await telemetry.close();
  await collector.close();
});

let count = 0;
const aCall = (fields: Partial<Call> = {}) =>
  ({
    id: `call_${(count += 1)}`,
    tenantId: 'tenant',
    agent: 'receptionist',
    direction: 'outbound',
    pipeline: 'cloud',
    attempt: 1,
    leadId: null,
    phoneNumber: '+15551230000',
    metadata: { campaign: 'spring' },
    ...fields,
  }) as Call;

describe('the trace of a call', () => {
  let first: OpenRouterDouble;
  let second: OpenRouterDouble;
  let voices: [ElevenLabsDouble, ElevenLabsDouble];
  let call: Call;
  let callTrace: CallTrace;
  let costs: CostMeter;
  let context: ReturnType<typeof contextForTest>;
  let model: FallbackModel;
  let voice: FallbackVoice;

  const begin = (fields: Partial<Call> = {}, traceparent?: string) => {
    call = aCall(fields);
    callTrace = telemetry.startCall(call, { traceparent });
    costs = new CostMeter((usage) => priceUsage(usage, prices));
    const own = contextForTest();
    context = { ...own, onUsage: (usage) => callTrace.used(usage, costs.add(usage)) };
    const brain = (url: string) => {
      const timeoutMs = url === first.url ? 400 : 20_000;
      const deadlines = { firstTokenTimeoutMs: timeoutMs, betweenTokensTimeoutMs: timeoutMs };
      return openrouterLlm.create(openrouterLlm.options.parse({ apiKey: 'key', url, ...deadlines }), context);
    };
    const speaker = (url: string, audioTimeoutMs: number) =>
      elevenlabsTts.create(elevenlabsTts.options.parse({ apiKey: 'key', url, audioTimeoutMs }), context);
    const minds = { 'openrouter-llm': brain(first.url), 'ollama-llm': brain(second.url) };
    const mouths = { 'elevenlabs-tts': speaker(voices[0].url, 500), 'deepgram-tts': speaker(voices[1].url, 20_000) };
    model = new FallbackModel(standbysForTest('llm', minds, { context }));
    voice = new FallbackVoice(standbysForTest('tts', mouths, { context }));
    for (const part of [model, voice]) part.on('error', () => undefined);
  };
  beforeEach(async () => {
    first = await startOpenRouterDouble({ reply: 'One two three four.', cost: 0.001, servedModel: 'vendor/served' });
    second = await startOpenRouterDouble({ reply: 'three four.', cost: 0.002, servedModel: 'vendor/other' });
    voices = [await startElevenLabsDouble(), await startElevenLabsDouble()];
    begin();
  });
  afterEach(() => Promise.all([first.close(), second.close(), ...voices.map((each) => each.close())]));

  const ask = () => callTrace.run(async () => (await model.chat({ chatCtx: chatForTest() }).collect()).text);
  /** Ends the call, and resolves with what Langfuse then shows of it. */
  const shown = async () => {
    await Promise.all([model.aclose(), voice.close()]);
    callTrace.end({
      reason: 'caller_hung_up',
      hungUpBy: 'callee',
      talkedSeconds: 0,
      costUsd: costs.totalText,
      turns: [
        { index: 0, role: 'agent', text: 'Hello.', startedMs: 0, endedMs: 1, interrupted: false },
        { index: 1, role: 'caller', text: 'Good morning.', startedMs: 2, endedMs: 3, interrupted: false },
      ],
    });
    const own = () => collector.observations().filter(({ session }) => session === call.id);
    await expect.poll(() => own().some(({ name }) => name === 'call'), { timeout: 8_000 }).toBe(true);
    return own();
  };
  const spanOf = (id: string) => collector.spans.find(({ spanId }) => spanId === id)!;
  const total = (rows: { cost: number | undefined }[]) => rows.reduce((sum, { cost }) => sum + (cost ?? 0), 0);

  it('says on each request for an answer exactly what it used, what it cost and which model served', async () => {
    await ask();
    const rows = await shown();
    const [request] = rows.filter(({ name }) => name === 'llm_request');
    const { prompt, completion } = { prompt: first.requests[0]!.messages, completion: 4 };
    const promptTokens = Math.ceil(JSON.stringify(prompt).length / 4);
    const { attributes } = spanOf(request!.id);
    const usage = Object.entries(attributes).filter(([name]) => name.startsWith('gen_ai.usage.'));
    expect(Object.fromEntries(usage)).toEqual({
      'gen_ai.usage.cost': 0.001,
      'gen_ai.usage.prompt_tokens': promptTokens,
      'gen_ai.usage.completion_tokens': completion,
      'gen_ai.usage.total_tokens': promptTokens + completion,
    });
    expect(attributes['gen_ai.response.model']).toBe('vendor/served');
    expect(request).toMatchObject({
      type: 'GENERATION',
      model: 'vendor/served',
      cost: 0.001,
      usage: { input: promptTokens - 2, input_cached_tokens: 2, output: 4, total: promptTokens + 4 },
    });
    expect(String(request!.input)).toContain('Good morning.');
    expect(String(request!.output)).toContain('One two three four.');
    expect(rows.filter(({ type }) => type === 'GENERATION')).toHaveLength(1);
  });

  it('names the call, its session, user, tags and environment on every span, and its figures on the first', async () => {
    await ask();
    const rows = await shown();
    expect(new Set(rows.map(({ traceId }) => traceId)).size).toBe(1);
    for (const row of rows) {
      expect(row).toMatchObject({ session: call.id, environment: 'test', tags: ['outbound', 'receptionist', 'cloud'] });
      expect(row.user).toMatch(/^phone_[0-9a-f]{16}$/);
    }
    const root = rows.find(({ name }) => name === 'call')!;
    expect(root).toMatchObject({ parentId: undefined, input: 'Good morning.', cost: undefined, level: 'DEFAULT' });
    expect(JSON.parse(String(root.output))).toEqual([
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Good morning.' },
    ]);
    expect(spanOf(root.id)).toMatchObject({
      attributes: {
        'parley.call.outcome': 'completed',
        'parley.call.end_reason': 'caller_hung_up',
        'parley.call.cost_usd': 0.001,
        'parley.call.phone_number': '+15551230000',
        'langfuse.trace.metadata.campaign': 'spring',
        'langfuse.trace.metadata.outcome': 'completed',
      },
      resource: { 'service.name': 'parley', 'service.version': '1.2.3' },
    });
    expect(rows.every(({ id }) => !JSON.stringify(spanOf(id).attributes).includes('lk.pii'))).toBe(true);
  });

  it('counts a fallback once: the answer on the request, the attempt that failed on a span of its own', async () => {
    first.behaviour.midStreamErrorAfterWords = 2;
    expect(await ask()).toBe('One two three four.');
    const generations = (await shown()).filter(({ type }) => type === 'GENERATION');
    expect(generations.map(({ name, model: served, cost }) => ({ name, served, cost }))).toEqual(
      expect.arrayContaining([
        { name: 'llm_request', served: 'vendor/other', cost: 0.002 },
        { name: 'llm_attempt', served: 'vendor/served', cost: 0.001 },
      ]),
    );
    expect(generations).toHaveLength(2);
    expect(total(generations)).toBeCloseTo(Number(costs.totalText), 12);
    expect(generations[1]?.parentId ?? generations[0]?.parentId).toBeDefined();
  });

  it('tells what an answer cost that was thrown away, once its bill has come', async () => {
    first.behaviour.betweenTokensMs = 200;
    await callTrace.run(async () => {
      const stream = model.chat({ chatCtx: chatForTest() });
      await stream.next();
      stream.close();
    });
    const generations = (await shown()).filter(({ type }) => type === 'GENERATION');
    expect(generations).toMatchObject([{ name: 'llm_request', model: 'vendor/served', cost: 0.001 }]);
    expect(spanOf(generations[0]!.id).attributes).toMatchObject({
      'gen_ai.usage.cost': 0.001,
      'gen_ai.usage.completion_tokens': 4,
      'parley.usage.cancelled': true,
    });
  });

  it('says that a request nobody was paid for cost nothing, so that nobody guesses', async () => {
    for (const each of [first, second]) each.behaviour.refuse = { status: 400, body: { error: { message: 'no' } } };
    await ask().catch(() => undefined);
    const generations = (await shown()).filter(({ type }) => type === 'GENERATION');
    expect(generations).toMatchObject([{ cost: 0, usage: { total: 0 } }]);
  });

  it('shows what a voice spoke, its characters and their cost, over both of two voices', async () => {
    voices[0].behaviour.breakAfterMs = 800;
    const text = 'The practice opens at nine. On Friday it closes at noon.';
    await callTrace.run(async () => {
      const stream = voice.stream();
      stream.pushText(text);
      stream.endInput();
      for await (const item of stream) if (item === tts.SynthesizeStream.END_OF_STREAM) break;
    });
    const generations = (await shown()).filter(({ type }) => type === 'GENERATION');
    const request = generations.find(({ name }) => name === 'tts_request')!;
    expect(request).toMatchObject({ model: 'eleven_flash_v2_5', input: text });
    expect(generations.map(({ name }) => name).toSorted()).toEqual(['tts_attempt', 'tts_request']);
    expect(generations.every(({ usage }) => Object.keys(usage).join() === 'characters')).toBe(true);
    expect(total(generations)).toBeCloseTo(Number(costs.totalText), 12);
    expect(total(generations)).toBeGreaterThan(0);
  });

  it('shows what was heard, the seconds listened to and their cost', async () => {
    callTrace.heard('Good morning.');
    const use = {
      role: 'stt',
      provider: 'deepgram-stt',
      model: 'nova-3',
      quantity: 12.5,
      unit: 'audio_second',
    } as const;
    context.onUsage!(use);
    const [heard] = (await shown()).filter(({ name }) => name === 'stt_request');
    expect(heard).toMatchObject({ type: 'GENERATION', model: 'nova-3', usage: { seconds: 12.5 }, cost: 0.001 });
    expect(heard?.output).toBe('Good morning.');
  });

  it('goes on in the trace of the request that asked for the call, sampled there or not', async () => {
    const traceId = 'a'.repeat(32);
    begin({ leadId: 'lead_1' }, `00-${traceId}-${'b'.repeat(16)}-00`);
    await ask();
    const rows = await shown();
    expect(rows.every((row) => row.traceId === traceId && row.user === 'lead_1')).toBe(true);
    expect(rows.find(({ name }) => name === 'call')?.parentId).toBe('b'.repeat(16));
    expect(total(rows)).toBe(0.001);
  });

  it('has the same id when another process goes on with the call', async () => {
    const [row] = await shown();
    begin({ id: call.id });
    callTrace.end({ reason: 'silence', hungUpBy: 'parley', talkedSeconds: undefined, costUsd: '0', turns: [] });
    const roots = () => collector.spans.filter(({ name, traceId }) => name === 'call' && traceId === row!.traceId);
    await expect.poll(() => roots().length, { timeout: 8_000 }).toBe(2);
  });

  it('sends no span that belongs to no call', async () => {
    trace.getTracer('livekit-agents').startSpan('stray').end();
    await shown();
    expect(collector.spans.map(({ name }) => name)).not.toContain('stray');
  });
});

it('counts what arrived', async () => {
  // The last answer of the collector may still be under way.
  const arrived = { sent: collector.spans.length, dropped: 0, failed: 0 };
  await expect.poll(() => telemetry.telemetryLoss()).toEqual(arrived);
});
