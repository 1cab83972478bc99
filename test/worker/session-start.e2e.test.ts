import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askBackend } from '../../src/calls/before-answer/ask-backend.ts';
import { json, listen } from '../fakes/http-double.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';
import { toolMeans } from './tool-means.ts';

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
