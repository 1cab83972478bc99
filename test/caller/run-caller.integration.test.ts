import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CallerOptions } from '../../src/caller/run-caller.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { createSpeechDetector } from '../../src/caller/speech-detector.ts';
import { readWav, type Wav } from '../../src/caller/wav.ts';
import { livekit } from '../setup/servers.ts';
import { roomToken, startToneAgent, tone } from './tone-agent.ts';

const say = { pcm: tone({ ms: 700, hertz: 300 }), sampleRateHz: 16000 };
type AgentOptions = Omit<Parameters<typeof startToneAgent>[1], 'room'>;

async function call(agentOptions: AgentOptions, options: Partial<CallerOptions> & Pick<CallerOptions, 'script'>) {
  const server = livekit();
  const room = `caller-${randomUUID()}`;
  const agent = await startToneAgent(server, { room, ...agentOptions });
  try {
    const token = await roomToken(server, room, 'caller');
    const report = await runCaller({ url: server.url, token, timeoutSeconds: 20, ...options });
    return { report, sent: agent.sent, heard: agent.heard() };
  } finally {
    await agent.close();
  }
}

/** The caller's and the agent's speech in a recording, ms. */
function segmentsOf({ pcm, sampleRateHz }: Wav, side: 0 | 1) {
  const detector = createSpeechDetector();
  const channel = pcm.filter((_, index) => index % 2 === side);
  for (let at = 0; at < channel.length; at += 160)
    detector.push(channel.subarray(at, at + 160), sampleRateHz, (at / sampleRateHz) * 1000);
  detector.close();
  return detector.segments;
}

describe('the scripted caller', () => {
  it('measures answers that differ from the truth by nothing but the transport', async () => {
    const { report, sent, heard } = await call({ replyDelayMs: 300 }, { script: [{ say }, { say }, { say }] });
    expect(report.problems).toEqual([]);
    expect(report.ended.by).toBe('caller');
    expect(sent).toHaveLength(4);
    const oneWay: number[] = [];
    for (const [index, turn] of report.turns.entries()) {
      const at = (ms: number) => ms - report.clockStartMs;
      oneWay.push((turn.agentSpeech[0]?.startMs ?? NaN) - at(sent[index]?.startMs ?? NaN));
      if (turn.callerSpeech) oneWay.push(at(heard[index - 1]?.startMs ?? NaN) - turn.callerSpeech.startMs);
    }
    // Loopback WebRTC takes about 50 ms each way: 20 ms of packet, 10 ms of player, the rest jitter buffer.
    expect(Math.min(...oneWay)).toBeGreaterThan(15);
    expect(Math.max(...oneWay)).toBeLessThan(200);
    for (const { responseMs } of report.turns.slice(1)) {
      expect(responseMs).toBeGreaterThan(300);
      expect(responseMs).toBeLessThan(800);
    }
  });

  it('measures how long the agent goes on when it is interrupted', async () => {
    const { report, sent } = await call(
      { replyMs: 4000, stopDelayMs: 100 },
      { script: [{ say }, { say, interruptAfterMs: 500, expect: { silentWithinMs: 900 } }] },
    );
    expect(report.problems).toEqual([]);
    const turn = report.turns[2];
    expect(turn?.interrupted).toBe(true);
    const truth = (sent[1]?.endMs ?? NaN) - report.clockStartMs - (turn?.callerSpeech?.startMs ?? NaN);
    expect((turn?.bargeInMs ?? NaN) - truth).toBeGreaterThan(0);
    expect((turn?.bargeInMs ?? NaN) - truth).toBeLessThan(200);
  });

  it('tells the moments of each step as they pass', async () => {
    const moments: string[] = [];
    const { report } = await call(
      {},
      { script: [{ say }, { say }], onMoment: (step, moment) => moments.push(`${step} ${moment}`) },
    );
    expect(report.problems).toEqual([]);
    expect(moments).toEqual([0, 1].flatMap((step) => [`${step} speaks`, `${step} has spoken`, `${step} is answered`]));
  });

  it('hears a gap within an answer', async () => {
    const { report } = await call({ replyMs: 1500, pauseMs: { afterMs: 500, lengthMs: 400 } }, { script: [{ say }] });
    expect(report.turns[1]?.gapsMs).toHaveLength(1);
    expect(report.turns[1]?.gapsMs[0]).toBeGreaterThan(300);
    expect(report.turns[1]?.gapsMs[0]).toBeLessThan(500);
  });

  it('records both sides on one clock, the caller left and the agent right', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caller-'));
    try {
      const { report } = await call({}, { script: [{ say }], recordTo: join(folder, 'call.wav') });
      const wav = await readWav(join(folder, 'call.wav'));
      expect(wav).toMatchObject({ channels: 2, sampleRateHz: 16000 });
      const [caller] = segmentsOf(wav, 0);
      const answer = segmentsOf(wav, 1)[1];
      const inFile = (answer?.startMs ?? NaN) - (caller?.endMs ?? NaN);
      expect(Math.abs(inFile - (report.turns[1]?.responseMs ?? NaN))).toBeLessThan(20);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what it heard in words when it has ears for them', async () => {
    const { report } = await call(
      { greetingMs: 500 },
      {
        script: [{ say: 'Hello?', expect: { heard: 'beep of .* s' } }],
        speak: async () => say,
        transcribe: async ({ pcm, sampleRateHz }) => `a beep of ${(pcm.length / sampleRateHz).toFixed(1)} s`,
      },
    );
    expect(report.problems).toEqual([]);
    expect(report.turns.map(({ said, heardText }) => ({ said, heardText }))).toEqual([
      { said: null, heardText: 'a beep of 0.8 s' },
      { said: 'Hello?', heardText: 'a beep of 0.9 s' },
    ]);
  });

  it('reports an agent that does not answer, goes on and lists it as a problem', async () => {
    const { report } = await call(
      { replyDelayMs: 60_000, greetingMs: 0 },
      { script: [{ say, after: 0, expect: { heard: 'yes' } }], replyTimeoutMs: 800 },
    );
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([
      'Step 1: the agent did not answer.',
      'Step 1: “yes” was not heard (no `transcribe`).',
    ]);
  });

  it('says who ended the call: the agent, the caller’s limit or the caller’s signal', async () => {
    const server = livekit();
    const room = `caller-${randomUUID()}`;
    const agent = await startToneAgent(server, { room });
    const token = await roomToken(server, room, 'caller');
    setTimeout(() => void agent.close(), 1500);
    const left = await runCaller({ url: server.url, token, script: [], atEnd: 'wait-for-agent', timeoutSeconds: 20 });
    expect(left.ended).toMatchObject({ by: 'agent', reason: 'the agent left the room' });

    const limit = await call({}, { script: [], atEnd: 'wait-for-agent', timeoutSeconds: 1 });
    expect(limit.report.ended.by).toBe('timeout');

    const signal = AbortSignal.timeout(1000);
    const aborted = await call({}, { script: [{ say }, { say }], signal });
    expect(aborted.report.ended.by).toBe('aborted');
    expect(aborted.report.problems).toContain('Step 2: the call ended before it was said.');
  });

  it('counts from the answer mark where one is given, and says when nobody answers', async () => {
    const server = livekit();
    const token = await roomToken(server, `caller-${randomUUID()}`, 'caller');
    const report = await runCaller({ url: server.url, token, script: [{ say }], timeoutSeconds: 1 });
    expect(report.answeredMs).toBeNull();
    expect(report.problems[0]).toBe('Nobody answered: no agent published audio.');

    const answered = delay(400).then(() => performance.now());
    const marked = await call({}, { script: [], answered });
    expect(marked.report.answeredMs).toBeCloseTo((await answered) - marked.report.clockStartMs, -2);
  });

  it('refuses a room it cannot join with the address and what to check', async () => {
    const server = livekit();
    await expect(runCaller({ url: server.url, token: 'stale', script: [], timeoutSeconds: 5 })).rejects.toThrow(
      `The caller could not join the room at ${server.url}: `,
    );
  });

  it('refuses text without a voice before it calls anybody', async () => {
    const options = { url: 'ws://127.0.0.1:1', token: '', timeoutSeconds: 1 };
    await expect(runCaller({ ...options, script: [{ say: 'Hello?' }] })).rejects.toThrow('give the caller a voice');
  });
});
