import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askBackend } from '../../src/calls/before-answer/ask-backend.ts';
import { scheduleCallback } from '../../src/calls/place/schedule-callback.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { json, listen } from '../fakes/http-double.ts';
import { openApi } from '../http/open-api.ts';
import { aCall, tenantId } from '../store/open-store.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';
import { toolMeans } from './tool-means.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

describe('a call that cannot be held', () => {
  it('ends with its reason when the agent file is gone', async () => {
    const call = await calls.place({ deps: { agents: { get: () => undefined, list: () => [] } } });
    expect(await calls.ended(call)).toMatchObject({ outcome: 'failed', endReason: 'agent_not_found' });
  });

  it('ends with its reason when the pipeline cannot be built', async () => {
    const call = await calls.place({ deps: { buildPipeline: () => Promise.reject(new Error('no key')) } });
    expect(await calls.ended(call)).toMatchObject({ outcome: 'failed', endReason: 'pipeline_not_ready' });
  });

  it('ends with its reason when the greeting cannot be spoken', async () => {
    const call = await calls.place({ pipeline: { fails: () => new Error('the voice is down') } });
    expect(await calls.ended(call)).toMatchObject({ outcome: 'failed', endReason: 'tts_failed' });
  });

  it.each([
    ['another process', 'second'],
    ['another session of its process', 'first'],
  ])('leaves a call alone that %s holds', async (_who, owner) => {
    const call = await calls.place({ owner: 'first' });
    expect(await call.session.opened).toMatchObject({ call: { id: call.callId } });
    const second = await calls.place({ callId: call.callId, owner });
    expect(await second.session.opened).toBeUndefined();
    await second.session.written;
    expect((await calls.calls.findCall(call.callId))?.state).toBe('in_progress');
    call.session.end({ reason: 'operator_hung_up', hungUpBy: 'operator' });
    await calls.ended(call);
  });
});

describe('a call that another process takes over', () => {
  it('opens with the apology, knows what was said and counts on', async () => {
    const seen: string[][] = [];
    const agent = anAgent();
    const first = await calls.place({ agent, owner: 'first' });
    const room = await calls.joinQuietly(first);
    await sleep(3500);
    // As a process that stalled: its lease is given up behind its back, and it sits in the room until it is removed.
    const { ownership } = (await first.session.opened)!;
    await calls.calls.renewLeases([ownership.lease], 0);
    await calls.calls.record(first.callId, {
      turns: [
        { index: 1, role: 'caller', text: 'My name is Ann.', startedMs: 2000, endedMs: 2600, interrupted: false },
      ],
    });
    const second = await calls.place({
      agent,
      owner: 'second',
      callId: first.callId,
      resume: true,
      pipeline: {
        answer: (chatCtx) => {
          seen.push(chatCtx.items.flatMap((item) => (item.type === 'message' ? [item.textContent ?? ''] : [])));
          return { text: 'Yes.' };
        },
      },
    });
    // The one that had the call finds that it has it no more, and leaves without a word to anybody.
    expect(await first.session.over).toMatchObject({ reason: expect.stringMatching(/worker_lost|media_lost/) });
    await first.session.written;
    expect((await calls.calls.findCall(first.callId))?.state).toBe('in_progress');
    await sleep(4000);
    await room.disconnect();
    const row = await calls.ended(second);
    const turns = await calls.calls.listTurns(first.callId);
    expect(row.endReason).toBe('caller_hung_up');
    expect(turns.map(({ text }) => text)).toEqual(['Hello, how can I help you?', 'My name is Ann.', agent.apology]);
    expect(turns[2]!.startedMs).toBeGreaterThan(2600);
  });
});

describe('a call of which the operator’s backend is asked first', () => {
  const signing = { CRM: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

  /** A call whose backend says this. */
  async function placed(answer: unknown) {
    const backend = await listen({ request: (_, response) => json(response, 200, answer) });
    const agent = anAgent({
      greeting: 'Hello {{customer}}.',
      variables: { customer: 'there' },
      before_answer: { url: `http://127.0.0.1:${backend.port}/`, secret: 'CRM', timeout_ms: 1500 },
    });
    const means = toolMeans(calls.database, signing);
    const call = await calls.place({ agent, deps: { askBackend: (asked) => askBackend(asked, means) } });
    return { call, backend };
  }

  it('greets with what the backend knows', async () => {
    const { call, backend } = await placed({ variables: { customer: 'Ann' } });
    const room = await calls.joinQuietly(call);
    await sleep(3_000);
    await room.disconnect();
    const row = await calls.ended(call);
    await backend.close();
    expect(row.variables).toEqual({ customer: 'Ann' });
    expect((await calls.calls.listTurns(call.callId)).map(({ text }) => text)).toEqual(['Hello Ann.']);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.find(({ type }) => type === 'backend.asked')?.data).toMatchObject({ variables: { customer: 'Ann' } });
    expect(call.pipelines.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('is not answered when the backend refuses it', async () => {
    const { call, backend } = await placed({ refuse: 'closed for today' });
    const row = await calls.ended(call);
    await backend.close();
    expect(row).toMatchObject({ outcome: 'blocked', endReason: 'blocked_by_rule', answeredAt: null });
    const events = await calls.calls.listEvents(call.callId);
    expect(events.at(-1)?.data).toMatchObject({ rule: 'before_answer', detail: 'closed for today' });
  });
});

describe('a call of a number that called before', () => {
  const phoneNumber = '+12125550123';

  /** An earlier call of the number, and what was found out about it. */
  async function earlierCall() {
    const { id } = await calls.calls.insertCall(
      aCall({ state: 'in_progress', direction: 'inbound', phoneNumber, answeredAt: new Date() }),
      { type: 'call.answered' },
    );
    const cakes = { type: 'number', said: true, value: 3, turn: 1, quote: 'Three cakes.' };
    await calls.calls.record(id, { report: { result: { status: 'done', fields: { cakes }, summary: 'Cakes.' } } });
    await calls.calls.transition({
      callId: id,
      to: 'ended',
      patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
      event: { type: 'call.ended', data: {} },
    });
    return id;
  }

  it('knows what was said then, and has one call back, however often the model asks for it', async () => {
    const earlier = await earlierCall();
    const api = await openApi();
    const agent = anAgent({
      greeting: 'Hello again. Is it about the {{remembered_cakes}} cakes?',
      tools: ['schedule-callback', 'end-call'],
      remembers: { calls: 3, days: 180 },
      variables: { name: 'Ann' },
      result: { fields: { cakes: 'how many' } } as never,
      callback: { agent: 'reminder', within_days: 14 },
    });
    const { id: callId } = await calls.calls.insertCall(
      aCall({ direction: 'web', state: 'in_progress', phoneNumber, answeredAt: null }),
      { type: 'call.state' },
    );
    const prompts: string[] = [];
    const ways = [
      { day: 'tomorrow', time: 'half past three' },
      { day: 'tomorrow', time: '15:30' },
    ];
    const call = await calls.place({
      agent,
      callId,
      pipeline: {
        transcripts: ['Please call me tomorrow at half past three.', 'Did you write that down?'],
        answer: (chatCtx) => {
          prompts.push(JSON.stringify(chatCtx.items));
          const told = chatCtx.items.filter(({ type }) => type === 'function_call_output').length;
          const turns = chatCtx.items.filter((item) => item.type === 'message' && item.role === 'user').length;
          return told < turns
            ? { tools: [{ name: 'schedule_callback', args: ways[told]! }] }
            : { text: 'We will call you tomorrow.' };
        },
      },
      deps: {
        tools: {
          ...toolMeans(calls.database),
          scheduleCallback: (asked) => scheduleCallback(asked, api.deps),
        },
      },
    });
    const script = [{ say: speech }, { say: speech }];
    await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 40, script });
    await calls.ended(call);
    const { calls: placed } = await api.deps.calls.listCalls({ tenantId, limit: 10 });
    await api.close();
    expect(placed).toMatchObject([
      {
        agent: 'reminder',
        state: 'scheduled',
        phoneNumber,
        variables: { name: 'Ann' },
        metadata: { callback_of: callId },
      },
    ]);
    const events = await calls.calls.listEvents(callId);
    expect(events.find(({ type }) => type === 'memory.recalled')?.data).toMatchObject({ calls: [earlier] });
    expect(events.flatMap(({ type, data }) => (type === 'tool.called' ? [data['outcome']] : []))).toEqual([
      'done',
      'done',
    ]);
    expect((await calls.calls.listTurns(callId)).map(({ text }) => text)).toEqual([
      'Hello again. Is it about the 3 cakes?',
      'Please call me tomorrow at half past three.',
      'We will call you tomorrow.',
      'Did you write that down?',
      'We will call you tomorrow.',
    ]);
    expect(prompts[0]).toContain('Cakes. cakes: 3');
  });
});
