import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Room, RoomEvent } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { lastCallerWords } from '../fakes/sdk/fake-llm.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

describe.concurrent('a call session', () => {
  it('greets, answers what the caller says and records both sides with the latency of each stage', async () => {
    const call = await calls.place({ pipeline: { transcripts: ['When are you open?'] } });
    const report = await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ say: speech }, { say: speech }],
    });
    const row = await calls.ended(call);

    expect(report.turns.map(({ responseMs }) => responseMs !== null)).toEqual([true, true, true]);
    expect(row).toMatchObject({
      state: 'ended',
      outcome: 'completed',
      endReason: 'caller_hung_up',
      hungUpBy: 'caller',
    });
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent', 'caller', 'agent']);
    expect(turns[0]?.text).toBe('Hello, how can I help you?');
    expect(turns[2]?.text).toBe('We are open from nine to five.');
    expect(turns[2]?.latency).toMatchObject({
      endOfTurnMs: expect.any(Number),
      sttMs: expect.any(Number),
      llmFirstTokenMs: expect.any(Number),
      ttsFirstAudioMs: expect.any(Number),
      totalMs: expect.any(Number),
    });
    // The fake pipeline has no end-of-turn model.
    for (const { role, ending } of turns)
      if (role === 'agent') expect(ending).toBeUndefined();
      else
        expect(ending).toMatchObject({
          endedBy: 'silence',
          silenceMs: expect.any(Number),
          expected: 'open',
          noiseFloorDbfs: expect.any(Number),
          cutOff: false,
        });
    for (const [index, turn] of turns.entries()) {
      expect(turn.endedMs).toBeGreaterThanOrEqual(turn.startedMs);
      if (index > 0) expect(turn.startedMs).toBeGreaterThanOrEqual(turns[index - 1]!.startedMs);
    }
    // Nothing of what was said is kept a second time.
    expect(row.report).toMatchObject({ agent_version: 'v1', greeting_ms: expect.any(Number) });
    for (const { text } of turns) expect(JSON.stringify(row.report)).not.toContain(text);
    expect((await calls.calls.listEvents(call.callId)).map(({ type }) => type)).toEqual([
      'call.state',
      'call.answered',
      'turn.agent',
      'turn.caller',
      'turn.agent',
      'turn.caller',
      'turn.agent',
      'call.ended',
    ]);
    expect(call.pipelines.map(({ closed }) => closed)).toEqual([true]);
  });

  it('stops when the caller speaks over it, and records and remembers only what was heard, in order', async () => {
    const long = 'We are open from nine to five on weekdays and from ten to two on Saturdays but never on Sundays.';
    const asked: string[][] = [];
    const call = await calls.place({
      pipeline: {
        answer: ({ items }) => {
          asked.push(items.flatMap((item) => (item.type === 'message' ? [`${item.role}: ${item.textContent}`] : [])));
          return { text: long };
        },
      },
    });
    const report = await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ say: speech }, { say: speech, interruptAfterMs: 1000 }],
    });
    await calls.ended(call);
    const turns = await calls.calls.listTurns(call.callId);
    const cut = turns.find(({ interrupted }) => interrupted);
    expect(report.turns.some(({ interrupted, bargeInMs }) => interrupted && bargeInMs !== null)).toBe(true);
    expect(cut?.role).toBe('agent');
    expect(long.startsWith(cut!.text)).toBe(true);
    expect(cut!.text.length).toBeLessThan(long.length * 0.7);
    // What was cut off stands where it was said, in the record and in what the model is asked next.
    const next = turns[turns.indexOf(cut!) + 1];
    expect(turns[turns.indexOf(cut!) - 1]?.role).toBe('caller');
    expect(next?.role).toBe('caller');
    expect(asked.at(-1)!.slice(-2)).toEqual([`assistant: ${cut!.text}`, `user: ${next!.text}`]);
  });

  it('hangs up after the goodbye of the tool that ends the call has been heard', async () => {
    const call = await calls.place({
      pipeline: { answer: () => ({ text: 'Thank you, goodbye.', tools: [{ name: 'end-call' }] }) },
    });
    const report = await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 30,
      script: [{ say: speech }],
      atEnd: 'wait-for-agent',
    });
    const row = await calls.ended(call);
    expect(row).toMatchObject({ outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' });
    const goodbye = report.turns.at(-1)?.agentSpeech.at(-1);
    // 19 characters of 60 ms each: the last word was not cut.
    expect(goodbye!.endMs! - goodbye!.startMs).toBeGreaterThan(1000);
    expect(['agent', 'server']).toContain(report.ended.by);
  });

  it('says the goodbye of the agent file when the model hangs up without a word', async () => {
    const call = await calls.place({ pipeline: { answer: () => ({ tools: [{ name: 'end-call' }] }) } });
    await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 30,
      script: [{ say: speech }],
      atEnd: 'wait-for-agent',
    });
    const row = await calls.ended(call);
    expect(row.endReason).toBe('agent_goodbye');
    expect((await calls.calls.listTurns(call.callId)).at(-1)).toMatchObject({ role: 'agent', text: 'Goodbye.' });
  });

  it('keeps a message, and tells the model that it is kept', async () => {
    const call = await calls.place({
      pipeline: {
        answer: (chatCtx) =>
          chatCtx.items.some(({ type }) => type === 'function_call_output')
            ? { text: 'I have passed that on.' }
            : { tools: [{ name: 'take-message', args: { message: lastCallerWords(chatCtx), name: 'Ann' } }] },
        transcripts: ['Please call me back.'],
      },
    });
    await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 30, script: [{ say: speech }] });
    await calls.ended(call);
    expect(await calls.messages.listMessages(call.callId)).toMatchObject([
      { callerName: 'Ann', text: 'Please call me back.', phoneNumber: null },
    ]);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.find(({ type }) => type === 'tool.called')?.data).toMatchObject({ name: 'take-message', ok: true });
  });

  it('asks once whether anybody is there, then says goodbye and ends', async () => {
    const call = await calls.place({ limits: { silenceSeconds: 3 } });
    const report = await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ after: 'agent-finished' }],
      atEnd: 'wait-for-agent',
    });
    const row = await calls.ended(call);
    expect(row).toMatchObject({ outcome: 'completed', endReason: 'silence' });
    expect((await calls.calls.listTurns(call.callId)).map(({ text }) => text)).toEqual([
      'Hello, how can I help you?',
      'Are you still there?',
      'Goodbye.',
    ]);
    expect(['agent', 'server']).toContain(report.ended.by);
  });

  it('ends at its maximum length with a spoken goodbye', async () => {
    const call = await calls.place({ limits: { maxMinutes: 4 / 60 } });
    await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 40,
      script: [{ after: 'agent-finished' }],
      atEnd: 'wait-for-agent',
    });
    const row = await calls.ended(call);
    expect(row.endReason).toBe('max_duration');
    expect((await calls.calls.listTurns(call.callId)).at(-1)?.text).toBe('Goodbye.');
  });

  it('ends when nobody comes', async () => {
    const call = await calls.place({ joinSeconds: 1 });
    expect(await calls.ended(call)).toMatchObject({ outcome: 'canceled', endReason: 'caller_never_joined' });
  });

  for (const [how, leave, reason, withinMs] of [
    // A person who only listens is announced to the room late, or never.
    ['only listened and leaves', (room: Room) => room.disconnect(), 'caller_hung_up', 4_000],
    // Whoever deleted it: nobody hung up. The person is waited for, as after a restart of LiveKit.
    ['sees its room deleted', (_: Room, callId: string) => calls.rooms.deleteRoom(callId), 'media_lost', 20_000],
  ] as const)
    it(`ends soon when the caller ${how}`, async () => {
      const call = await calls.place();
      const room = await calls.joinQuietly(call);
      await new Promise((resolve) => room.on(RoomEvent.TrackSubscribed, resolve));
      await sleep(300);
      const leftMs = performance.now();
      await leave(room, call.callId);
      await call.session.over;
      const tookMs = performance.now() - leftMs;
      expect((await calls.ended(call)).endReason).toBe(reason);
      expect(tookMs).toBeLessThan(withinMs);
      await room.disconnect();
    });

  it('ends within a second when the caller is removed by the operator', async () => {
    const call = await calls.place();
    const left = runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 30, script: [{ say: speech }] });
    await sleep(3000);
    const removedMs = performance.now();
    await calls.rooms.removeParticipant(call.callId, 'caller');
    expect(await call.session.over).toMatchObject({ reason: 'operator_hung_up', hungUpBy: 'operator' });
    expect(performance.now() - removedMs).toBeLessThan(4000);
    await left;
    await calls.ended(call);
  });

  it('obeys the operator: says a sentence, then hangs up', async () => {
    const call = await calls.place();
    const caller = runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 30,
      script: [{ after: 'agent-finished', expect: { reply: false } }],
      atEnd: 'wait-for-agent',
    });
    await sleep(4000);
    await calls.rooms.sendControl(call.callId, { type: 'say', text: 'The doctor is on the way.', interrupt: true });
    await sleep(2500);
    await calls.rooms.sendControl(call.callId, { type: 'hang_up', by: 'operator' });
    await caller;
    const row = await calls.ended(call);
    expect(row).toMatchObject({ endReason: 'operator_hung_up', hungUpBy: 'operator' });
    expect((await calls.calls.listTurns(call.callId)).map(({ text }) => text)).toContain('The doctor is on the way.');
  });

  it('ignores commands that a participant sends', async () => {
    const call = await calls.place();
    const room = await calls.joinQuietly(call);
    await new Promise((resolve) => room.on(RoomEvent.TrackSubscribed, resolve));
    const command = new TextEncoder().encode(JSON.stringify({ type: 'hang_up', by: 'operator' }));
    await room.localParticipant!.publishData(command, { reliable: true, topic: 'parley.control' });
    await sleep(1000);
    expect((await calls.calls.findCall(call.callId))?.state).toBe('in_progress');
    await room.disconnect();
    expect((await calls.ended(call)).endReason).toBe('caller_hung_up');
  });

  it('shows the conversation in the room while it happens', async ({ expect }) => {
    const call = await calls.place();
    const shown: { type: string; data: Record<string, unknown> }[] = [];
    const room = await calls.joinQuietly(call);
    room.on(RoomEvent.DataReceived, (payload, _sender, _kind, topic) => {
      if (topic === 'parley.events') shown.push(JSON.parse(new TextDecoder().decode(payload)));
    });
    const words: string[] = [];
    room.registerTextStreamHandler(
      'lk.transcription',
      (reader) => void reader.readAll().then((text) => words.push(text)),
    );
    await expect.poll(() => words, { timeout: 60_000 }).toHaveLength(1);
    await room.disconnect();
    await calls.ended(call);
    expect(shown.map(({ type, data }) => [type, data.state ?? data.text])).toEqual(
      expect.arrayContaining([
        ['agent.state', 'speaking'],
        ['turn.agent', 'Hello, how can I help you?'],
      ]),
    );
    expect(shown.find(({ type }) => type === 'turn.agent')?.data).toEqual({
      index: 0,
      role: 'agent',
      agent: 'receptionist',
      text: 'Hello, how can I help you?',
      started_ms: expect.any(Number),
      ended_ms: expect.any(Number),
      interrupted: false,
    });
    expect(words).toEqual(['Hello, how can I help you?']);
  });
});
