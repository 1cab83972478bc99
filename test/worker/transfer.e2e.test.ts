import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import type { TransferOutcome } from '../../telephony/index.ts';
import { webLeg } from '../../src/worker/line/web-leg.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

const agent = anAgent({
  tools: ['transfer-call', 'end-call'],
  transfers: [{ name: 'front-desk', to: '+14155550111', when: 'the caller asks for a person', mode: 'blind' }],
});

/** A call whose line can be handed over, and whose agent wants to when the caller has spoken. */
async function place(outcome: TransferOutcome, destination = 'front-desk') {
  const handedTo: string[] = [];
  const call = await calls.place({
    agent,
    pipeline: {
      answer: ({ items }) => {
        const failed = items.some((item) => item.type === 'message' && item.textContent?.includes('nobody could be'));
        if (failed) return { text: 'What else?' };
        return { text: 'Of course.', tools: [{ name: 'transfer-call', args: { destination } }] };
      },
    },
    deps: {
      legs: {
        web: () => ({
          ...webLeg(),
          transfer: async (to) => {
            handedTo.push(to);
            return outcome;
          },
        }),
      },
    },
  });
  return { call, handedTo };
}

const said = async (callId: string) =>
  (await calls.calls.listTurns(callId)).map(({ role, text }) => `${role}: ${text}`);

describe.concurrent('an agent that may transfer calls', () => {
  it('says so, and hands the caller to the number of its file', async () => {
    const { call, handedTo } = await place({ kind: 'transferred' });
    await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 30, script: [{ say: speech }] });
    expect(await calls.ended(call)).toMatchObject({ endReason: 'transferred', hungUpBy: 'agent' });
    expect(handedTo).toEqual(['+14155550111']);
    expect((await said(call.callId)).slice(-2)).toEqual([
      'agent: Of course.',
      'agent: One moment, I am connecting you.',
    ]);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.find(({ type }) => type === 'call.transferred')?.data).toEqual({
      to: '+14155550111',
      mode: 'blind',
      by: 'agent',
      name: 'front-desk',
      outcome: 'transferred',
    });
  });

  it('goes on with the call when nobody is there', async () => {
    const { call } = await place({ kind: 'refused', sipStatus: 480, detail: 'Temporarily Unavailable' });
    await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ say: speech }, { say: speech, after: 9_000 }],
    });
    await calls.ended(call);
    const texts = await said(call.callId);
    expect(texts).toContain('agent: I am sorry, nobody could be reached. Is there anything else I can do?');
    expect(texts.at(-1)).toBe('agent: What else?');
  });

  it('cannot be talked into a number that is not in its file', async () => {
    const { call, handedTo } = await place({ kind: 'transferred' }, '+19005551234');
    await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 30, script: [{ say: speech }] });
    await calls.ended(call);
    expect(handedTo).toEqual([]);
  });
});
