import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RoomEvent } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { pathOf } from '../../src/store/recordings/folder.ts';
import { spoolOf } from '../../src/store/recordings/recording-files.ts';
import { aTool } from '../calls/tools/a-tool.ts';
import { json, listen } from '../fakes/http-double.ts';
import { anAgent } from './an-agent.ts';
import { readRecording, soundsIn } from './recording/read-recording.ts';
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

/** A bank that is asked with a PIN, and tells it again. */
async function startBank() {
  const asked: string[] = [];
  const server = await listen({
    request(request, response) {
      asked.push(String(request.url));
      json(response, 200, { balance: 'ten dollars', of: 'PIN 864213' });
    },
  });
  const tool = aTool({ name: 'balance', method: 'GET', url: `http://127.0.0.1:${server.port}/{{pin}}` });
  return { asked, tool, close: () => server.close() };
}

/** The tables of the database that have these words anywhere. */
async function tablesWith(pattern: string): Promise<string[]> {
  const { pool } = traced.calls.database;
  const { rows } = await pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'parley' AND table_type = 'BASE TABLE'",
  );
  const found = rows.map(async ({ name }) => {
    const { rowCount } = await pool.query(`SELECT 1 FROM parley."${name}" AS t WHERE t::text ~ $1 LIMIT 1`, [pattern]);
    return rowCount === 0 ? [] : [name];
  });
  return (await Promise.all(found)).flat();
}

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

  it('has a secret that was said, of which nothing is left: no word, no span, no log, no sound', async () => {
    const { calls, collector, telemetry } = traced;
    const bank = await startBank();
    const folder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
    const store = recordingStore(calls.database);
    const seen: string[] = [];
    const call = await calls.place({
      agent: anAgent({
        tools: ['ask-for', 'end-call', bank.tool],
        ask: [
          { name: 'pin', about: 'the PIN', say: 'Please say your PIN.', digits: 6, by: 'voice', secret: true },
        ] as never,
        recording: { consent: 'none' } as never,
      }),
      pipeline: {
        transcripts: ['What is my balance?', 'It is eight six four two one three.', 'Thank you.'],
        answer: ({ items }) => {
          seen.push(JSON.stringify(items));
          const told = items.flatMap((item) => (item.type === 'function_call_output' ? [item.name] : []));
          if (told.includes('balance')) return { text: 'You have ten dollars.' };
          const name = told.includes('ask_for') ? 'balance' : 'ask_for';
          return { tools: [{ name, args: name === 'balance' ? { day: 'today' } : { name: 'pin' } }] };
        },
      },
      deps: { telemetry, recordings: { spool: spoolOf({ folder, keys: [] }), store } },
    });
    await talk(call.callerToken, [{ say: speech }, { say: speech }, { say: speech }]);
    await calls.ended(call);
    const spans = await traced.shown(call.callId);
    const [kept] = await store.list(call.callId);
    const sounds = soundsIn((await readRecording(await readFile(pathOf(folder, kept!)))).caller, { gapMs: 700 });
    await Promise.all([bank.close(), rm(folder, { recursive: true })]);
    expect(bank.asked).toEqual(['/864213?day=today']);
    const turns = await calls.calls.listTurns(call.callId);
    const events = await calls.calls.listEvents(call.callId);
    expect(turns.flatMap(({ role, text }) => (role === 'caller' ? [text] : []))).toEqual([
      'What is my balance?',
      'Thank you.',
    ]);
    expect(events.find(({ type }) => type === 'digits.asked')?.data).toMatchObject({ secret: true, given: 'voice' });
    expect(JSON.stringify([seen, collector.spans, calls.logs])).not.toMatch(/864213|eight six/);
    expect(await tablesWith('864213|eight six')).toEqual([]);
    expect(await tablesWith('What is my balance')).toContain('call_turns');
    expect(spans.length).toBeGreaterThan(5);
    // Of three utterances two are heard in the recording.
    expect(sounds).toHaveLength(2);
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
