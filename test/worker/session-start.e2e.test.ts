import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

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
