import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RoomEvent } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { callerSays, openTracedCalls } from './traced-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

const theFive = [
  'gen_ai.usage.cost',
  'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.completion_tokens',
  'gen_ai.usage.total_tokens',
  'gen_ai.response.model',
];

let traced: Awaited<ReturnType<typeof openTracedCalls>>;
beforeAll(async () => {
  traced = await openTracedCalls({ content: true, answers: ['plain', 'tool', 'long', 'broken'] });
});
afterAll(() => traced.close());

const talk = (callerToken: string, script: Parameters<typeof runCaller>[0]['script']) =>
  runCaller({ url: traced.calls.url, token: callerToken, timeoutSeconds: 80, script });
const sum = (numbers: (number | undefined)[]) => numbers.reduce<number>((total, each) => total + (each ?? 0), 0);

describe('a traced call', () => {
  it('is one trace that says what was said, and costs what the call costs', async () => {
    const { calls, collector } = traced;
    const call = await traced.place();
    const say = { say: speech };
    await talk(call.callerToken, [say, say, say, { say: speech, interruptAfterMs: 1500 }]);
    const row = await calls.ended(call);
    const rows = await traced.shown(call.callId);
    const spans = collector.spans.filter(({ spanId }) => rows.some(({ id }) => id === spanId));
    const named = (name: string) => rows.filter((each) => each.name === name);

    // One trace, of spans that all know their call and stand beneath its first.
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(rows).toHaveLength(collector.spans.length);
    const ids = new Set(rows.map(({ id }) => id));
    expect(rows.filter(({ parentId }) => !parentId || !ids.has(parentId)).map(({ name }) => name)).toEqual(['call']);
    expect(rows.every(({ environment }) => environment === 'test')).toBe(true);

    // The same money and the same units as in the database.
    const lines = await calls.calls.listCosts(call.callId);
    expect(Number(row.costUsd)).toBeGreaterThan(0);
    expect(collector.costOf(rows[0]!.traceId)).toBeCloseTo(Number(row.costUsd), 9);
    for (const component of ['stt', 'llm', 'tts'] as const) {
      const generations = spans.filter(
        ({ name, attributes }) => name.startsWith(`${component}_`) && attributes['parley.usage.unit'] !== undefined,
      );
      const own = lines.filter((line) => line.component === component);
      const quantity = sum(generations.map(({ attributes }) => attributes['parley.usage.quantity'] as number));
      expect(quantity).toBeCloseTo(sum(own.map((line) => line.quantity)), 2);
      const usd = sum(generations.map(({ attributes }) => attributes['gen_ai.usage.cost'] as number));
      expect(usd).toBeCloseTo(sum(own.map((line) => Number(line.usd))), 9);
    }

    // Every request of the SDK for an answer carries the five, whatever became of it.
    for (const { attributes } of spans.filter(({ name }) => name === 'llm_request' || name === 'llm_attempt')) {
      const figures = Object.keys(attributes).filter((key) => key.startsWith('gen_ai.usage.'));
      expect(new Set([...figures, 'gen_ai.response.model'])).toEqual(new Set(theFive));
      expect(attributes['gen_ai.response.model']).toEqual(expect.any(String));
    }
    expect(named('llm_request').some(({ model }) => model === 'vendor/served')).toBe(true);

    // The answer that broke off was finished by another model, and both are there once.
    const failed = named('llm_attempt').filter(({ cost }) => cost === 0.00014);
    expect(failed).not.toHaveLength(0);
    expect(rows.find(({ id }) => id === failed[0]?.parentId)).toMatchObject({ model: 'llama3.1:8b', cost: 0 });
    // The long answer was cut off, and paid.
    expect(
      spans.filter(({ name, attributes }) => name === 'llm_request' && attributes['parley.usage.cancelled']),
    ).not.toHaveLength(0);

    const [tool] = rows.filter(({ type }) => type === 'TOOL');
    expect(String(tool?.input)).toContain('Call Ann back.');
    expect(JSON.stringify(named('stt_request').map(({ output }) => output))).toContain(callerSays);
    expect(JSON.stringify(named('tts_request').map(({ input }) => input))).toContain('Hello, how can I help you?');
    expect(String(named('user_turn')[0]?.output)).toContain(callerSays);
    const [root] = named('call');
    expect(root).toMatchObject({ cost: undefined, tags: ['web', 'receptionist', 'embedded'] });
    expect(String(root?.input)).toContain(callerSays);
    expect(JSON.stringify(root?.output)).toContain('I have passed that on.');
  });

  it('keeps to itself beside another call of its process, also when a command comes to the other', async () => {
    const { calls } = traced;
    const [one, other] = [await traced.place(), await traced.place()];
    const rooms = await Promise.all([one, other].map((call) => calls.joinQuietly(call)));
    await Promise.all(rooms.map((room) => new Promise((resolve) => room.on(RoomEvent.TrackSubscribed, resolve))));
    await sleep(2500);
    await calls.rooms.sendControl(other.callId, { type: 'say', text: 'The doctor is on the way.', interrupt: true });
    await sleep(2500);
    await Promise.all(rooms.map((room) => room.disconnect()));
    await Promise.all([calls.ended(one), calls.ended(other)]);
    const spoken = async (callId: string) => JSON.stringify((await traced.shown(callId)).map(({ input }) => input));
    expect(await spoken(one.callId)).not.toContain('The doctor is on the way.');
    expect(await spoken(other.callId)).toContain('The doctor is on the way.');
    for (const { callId } of [one, other])
      expect(new Set((await traced.shown(callId)).map(({ traceId }) => traceId)).size).toBe(1);
  });

  it.each([
    ['refuses everything', 400],
    ['never answers', 0],
  ])('is held all the same when the collector %s', async (_what, refuse) => {
    const { calls, collector, telemetry } = traced;
    Object.assign(collector.behaviour, { hang: refuse === 0, refuse });
    const before = telemetry.telemetryLoss();
    const call = await traced.place();
    const report = await talk(call.callerToken, [{ say: speech }]);
    expect(report.turns.every(({ responseMs }) => responseMs !== null)).toBe(true);
    expect(await calls.ended(call)).toMatchObject({ outcome: 'completed', endReason: 'caller_hung_up' });
    if (refuse > 0) {
      await expect.poll(() => telemetry.telemetryLoss().failed).toBeGreaterThan(before.failed);
      expect(calls.logs.filter(({ message }) => message.startsWith('traces are lost'))).toHaveLength(1);
    }
  });

  it('does not keep its process from ending, and tells what was lost', async () => {
    const before = traced.telemetry.telemetryLoss();
    const startedMs = performance.now();
    await traced.telemetry.close();
    expect(performance.now() - startedMs).toBeLessThan(6_000);
    expect(traced.telemetry.telemetryLoss().failed).toBeGreaterThan(before.failed);
  });
});
