import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentFrontMatter } from '../../src/agent-files/agent.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { spoolOf } from '../../src/store/recordings/recording-files.ts';
import { pathOf } from '../../src/store/recordings/folder.ts';
import type { CallProcessDependencies } from '../../src/worker/dependencies.ts';
import { anAgent } from './an-agent.ts';
import type { FakePipelineOptions } from './fake-pipeline.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';
import { readRecording, soundsIn } from './recording/read-recording.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };
/** Between a sound in the file and its time in the transcript. */
const mostOffMs = 50;

let calls: InProcessCalls;
let folder: string;
beforeAll(async () => {
  calls = await openCalls();
  folder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
});
afterAll(async () => {
  await calls.close();
  await rm(folder, { recursive: true, force: true });
});

/** One call to an agent that records, with what was written of it. */
async function record({
  agent,
  pipeline,
  turns = 1,
}: {
  agent: Partial<AgentFrontMatter>;
  pipeline: FakePipelineOptions;
  turns?: number;
}) {
  const store = recordingStore(calls.database);
  const recordings: CallProcessDependencies['recordings'] = { spool: spoolOf({ folder, keys: [] }), store };
  const call = await calls.place({
    agent: anAgent(agent as Parameters<typeof anAgent>[0]),
    pipeline,
    deps: { recordings },
  });
  const script = Array.from({ length: turns }, () => ({ say: speech }));
  await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 60, script });
  const row = await calls.ended(call);
  const kept = await store.list(call.callId);
  const files = await Promise.all(kept.map((each) => readFile(pathOf(folder, each))));
  return {
    row,
    kept,
    files,
    turns: await calls.calls.listTurns(call.callId),
    events: await calls.calls.listEvents(call.callId),
  };
}

describe('a recorded call', () => {
  it('has both sides apart, each word within 50 ms of its time in the transcript', async () => {
    const { row, kept, files, turns, events } = await record({
      agent: { recording: { consent: 'none' } },
      pipeline: { transcripts: ['When are you open?', 'And on Sunday?'] },
      turns: 2,
    });
    expect(kept).toMatchObject([{ state: 'kept', storage: 'folder', callId: row.id }]);
    expect(events.map(({ type }) => type).filter((type) => type.startsWith('recording'))).toEqual([
      'recording.started',
      'recording.ended',
    ]);
    expect(events.at(-1)?.type).toBe('call.ended');
    const [{ startedMs, durationMs, bytes }] = kept as [(typeof kept)[0]];
    const read = await readRecording(files[0]!);
    expect(files[0]!.length).toBe(bytes);
    expect(read.durationMs).toBe(durationMs);
    expect(Math.abs(startedMs + durationMs! - (row.endedAt!.getTime() - row.answeredAt!.getTime()))).toBeLessThan(
      1_000,
    );
    const off = (['agent', 'caller'] as const).flatMap((side) => {
      const sounds = soundsIn(read[side], { gapMs: 700 });
      const spoken = turns.filter(({ role }) => role === side);
      expect(sounds.length, side).toBe(spoken.length);
      return spoken.map((turn, index) => Math.round(startedMs + sounds[index]!.startMs - turn.startedMs));
    });
    for (const each of off) expect(Math.abs(each), String(off)).toBeLessThanOrEqual(mostOffMs);
  });

  it('is asked for first, and begins with the yes', async () => {
    const { kept, files, turns, events } = await record({
      agent: { recording: { consent: 'ask' }, disclosure: true },
      pipeline: { transcripts: ['Yes, that is fine.', 'When are you open?'] },
      turns: 2,
    });
    expect(turns.map(({ text }) => text)).toEqual([
      'You are speaking with an automated assistant.',
      'May we record this call? Please say yes or no.',
      'Yes, that is fine.',
      'Hello, how can I help you?',
      'When are you open?',
      'We are open from nine to five.',
    ]);
    expect(events.find(({ type }) => type === 'recording.consent')?.data).toEqual({ answer: 'yes' });
    expect(events.some(({ type }) => type === 'call.disclosed')).toBe(true);
    const [{ startedMs }] = kept as [(typeof kept)[0]];
    expect(startedMs).toBeGreaterThan(turns[2]!.startedMs);
    expect(soundsIn((await readRecording(files[0]!)).agent).length).toBeGreaterThan(0);
  });

  it('is none after a no, and the call goes on', async () => {
    const { kept, turns, events } = await record({
      agent: { recording: { consent: 'ask' } },
      pipeline: { transcripts: ['No, please do not.'] },
    });
    expect(kept).toEqual([]);
    expect(events.find(({ type }) => type === 'recording.consent')?.data).toEqual({ answer: 'no' });
    expect(turns.map(({ text }) => text)).toContain('All right, this call is not recorded.');
  });
});
