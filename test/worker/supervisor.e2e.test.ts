import { fileURLToPath } from 'node:url';
import { Room, RoomEvent } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handBackCall, superviseCall } from '../../src/calls/supervise/supervise-call.ts';
import type { SupervisorMode } from '../../src/calls/supervise/supervisor.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { tenantId } from '../store/open-store.ts';
import { type InProcessCalls, openCalls, type PlacedCall } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };
const patient = { timeout: 15_000, interval: 100 };

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

const eventsOf = async ({ callId }: PlacedCall) => (await calls.calls.listEvents(callId)).map(({ type }) => type);
const turnsOf = ({ callId }: PlacedCall) => calls.calls.listTurns(callId);
const supervise = ({ callId }: PlacedCall, mode: SupervisorMode) =>
  superviseCall({ id: callId, tenantId, keyId: 'key_1', mode }, calls);

async function join(token: string): Promise<Room> {
  const room = new Room();
  await room.connect(calls.url, token, { autoSubscribe: true, dynacast: false });
  return room;
}

describe('a supervisor', () => {
  it('listens unseen, and whispers what only the model hears', async () => {
    const asked: string[] = [];
    const call = await calls.place({
      pipeline: {
        answer: (chatCtx) => {
          asked.push(JSON.stringify(chatCtx));
          return { text: 'You get ten per cent off.' };
        },
      },
    });
    const caller = await calls.joinQuietly(call);
    const seen: string[] = [];
    caller.on(RoomEvent.ParticipantConnected, ({ identity }) => seen.push(identity));
    await expect.poll(() => turnsOf(call), patient).toHaveLength(1);
    const { token, identity } = await supervise(call, 'listen');
    const supervisor = await join(token);
    expect([...caller.remoteParticipants.keys()]).not.toContain(identity);
    expect(seen).not.toContain(identity);
    expect(
      [...supervisor.remoteParticipants.values()].some(({ trackPublications }) => trackPublications.size > 0),
    ).toBe(true);

    await calls.rooms.sendControl(call.callId, { type: 'whisper', text: 'Offer ten per cent.', speak: true });
    await expect.poll(async () => (await turnsOf(call)).at(-1)?.text, patient).toBe('You get ten per cent off.');
    expect(asked.at(-1)).toContain('Offer ten per cent.');
    expect((await turnsOf(call)).map(({ text }) => text).join()).not.toContain('Offer');
    await supervisor.disconnect();
    await caller.disconnect();
    await calls.ended(call);
    expect(await eventsOf(call)).toEqual(expect.arrayContaining(['supervisor.joined', 'supervisor.whispered']));
  });

  it('takes the call over: the agent is silent, the transcript goes on, and the agent comes back', async () => {
    const call = await calls.place({ pipeline: { transcripts: ['When are you open?'] } });
    const talking = runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 60,
      replyTimeoutMs: 3_000,
      script: [{ say: speech }, { say: speech }, { say: speech }],
    });
    await expect.poll(() => turnsOf(call), patient).toHaveLength(1);
    const { token } = await supervise(call, 'take_over');
    const supervising = runCaller({
      url: calls.url,
      token,
      timeoutSeconds: 30,
      replyTimeoutMs: 1_000,
      script: [{ say: speech }],
    });
    await expect.poll(() => eventsOf(call), patient).toContain('supervisor.took_over');
    await expect(supervise(call, 'take_over')).rejects.toMatchObject({ code: 'call_taken_over' });
    await supervising;
    await expect.poll(() => eventsOf(call), patient).toContain('supervisor.handed_back');
    await talking;
    await calls.ended(call);

    const events = await calls.calls.listEvents(call.callId);
    const types = events.map(({ type }) => type);
    const meanwhile = types.slice(types.indexOf('supervisor.took_over'), types.indexOf('supervisor.handed_back'));
    expect(meanwhile).toContain('turn.caller');
    expect(meanwhile).toContain('turn.supervisor');
    // What the agent had begun to say is written down when it is cut off.
    const spoke = (await turnsOf(call)).filter(({ role }) => role === 'agent').map(({ text }) => text);
    expect(spoke.filter((text) => text === 'We are open from nine to five.').length).toBeLessThan(3);
    expect(spoke).toContain('Hello, it is me again. How can I help you?');
    expect(events.find(({ type }) => type === 'supervisor.handed_back')?.data).toMatchObject({ why: 'left' });
  });

  it('is sent away by the API, and the agent has the call again', async () => {
    const call = await calls.place();
    const caller = await calls.joinQuietly(call);
    await expect.poll(() => turnsOf(call), patient).toHaveLength(1);
    await expect(handBackCall({ id: call.callId, tenantId }, calls)).rejects.toMatchObject({
      code: 'call_not_taken_over',
    });
    const { token } = await supervise(call, 'take_over');
    const supervising = runCaller({ url: calls.url, token, timeoutSeconds: 30, script: [{ say: speech }] });
    await expect.poll(() => eventsOf(call), patient).toContain('supervisor.took_over');
    await handBackCall({ id: call.callId, tenantId }, calls);
    await supervising;
    await expect
      .poll(async () => (await turnsOf(call)).at(-1)?.text, patient)
      .toBe('Hello, it is me again. How can I help you?');
    await caller.disconnect();
    await calls.ended(call);
  });
});
