import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RecordingFile, RecordingSpool, WholeRecording } from '../../../src/calls/recordings/recording-ports.ts';
import { CallRecorder } from '../../../src/worker/recording/call-recorder.ts';
import { readRecording, soundsIn } from './read-recording.ts';

const tone = (ms: number) => Int16Array.from({ length: ms * 16 }, (_, index) => 8_000 * Math.sin(index / 5));

/** A disk in memory that takes what it is told to. */
function memorySpool() {
  const files: { id: string; bytes: Buffer; finished: boolean; abandoned: boolean }[] = [];
  const disk = { full: false };
  const spool: RecordingSpool = {
    storage: 'folder',
    create: async ({ id }) => {
      if (disk.full) throw new Error('ENOSPC: no space left on device');
      const kept = { id, bytes: Buffer.alloc(0), finished: false, abandoned: false };
      files.push(kept);
      return {
        append: async (bytes) => {
          if (disk.full) throw new Error('ENOSPC: no space left on device');
          kept.bytes = Buffer.concat([kept.bytes, bytes]);
        },
        finish: async () => {
          kept.finished = true;
          return kept.bytes.length;
        },
        abandon: async () => void (kept.abandoned = true),
      } satisfies RecordingFile;
    },
    leftFiles: async () => [],
  };
  return { files, disk, spool };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A recorder whose clock is set by hand; `pass` lets the agent and the caller speak meanwhile. */
function aRecording({ answeredForMs = 0 } = {}) {
  const { files, disk, spool } = memorySpool();
  const news: string[] = [];
  const whole: WholeRecording[] = [];
  let now = answeredForMs;
  const recorder = new CallRecorder({
    call: { id: 'call_1', tenantId: 'tenant_a' },
    spool,
    nowMs: () => now,
    news: {
      begun: ({ startedMs }) => news.push(`begun at ${startedMs}`),
      finished: (part) => {
        news.push('finished');
        whole.push(part);
      },
      failed: (reason) => news.push(reason),
    },
    log: () => undefined,
  });
  const settle = async () => {
    for (let each = 0; each < 20; each += 1) await turn();
  };
  const pass = async (ms: number, { callerSpeaks = false } = {}) => {
    for (let passed = 0; passed < ms; passed += 50) {
      now += 50;
      recorder.timeline.caller.heard(callerSpeaks ? tone(50) : new Int16Array(800), now);
      vi.advanceTimersByTime(50);
      await turn();
    }
    await settle();
  };
  return { recorder, files, disk, news, whole, pass, settle };
}

test('a call is one file: what was said stands where it was said, up to its last moment', async () => {
  const { recorder, files, news, whole, pass, settle } = aRecording({ answeredForMs: 300 });
  await settle();
  await pass(1_000);
  await pass(2_000, { callerSpeaks: true });
  recorder.timeline.agent.handed(tone(400), { nowMs: 3_000, queuedMs: 0 });
  await pass(500);
  await recorder.close();
  expect(news).toEqual(['begun at 300', 'finished']);
  const read = await readRecording(files[0]!.bytes);
  const [said] = soundsIn(read.caller);
  const [answered] = soundsIn(read.agent);
  expect(Math.abs(said!.startMs - 1_000)).toBeLessThanOrEqual(20);
  expect(Math.abs(said!.endMs - 3_000)).toBeLessThanOrEqual(30);
  expect(Math.abs(answered!.startMs - 2_700)).toBeLessThanOrEqual(20);
  expect(read.isClosed).toBe(true);
  expect(whole[0]).toMatchObject({
    durationMs: read.durationMs,
    bytes: files[0]!.bytes.length,
    state: 'kept',
    startedMs: 300,
  });
});

test('a process that dies at any moment loses less than five seconds', async () => {
  const { recorder, files, pass, settle } = aRecording();
  await settle();
  for (let second = 1; second <= 8; second += 1) {
    await pass(1_000);
    const bytes = files[0]!.bytes;
    const kept = bytes.length === 0 ? 0 : (await readRecording(bytes)).durationMs;
    expect(second * 1_000 - kept).toBeLessThan(5_000);
  }
  await recorder.close();
});

test('a disk that is full is said once; when it has space again another file begins', async () => {
  const { recorder, files, disk, news, pass, settle } = aRecording();
  await settle();
  await pass(3_000, { callerSpeaks: true });
  disk.full = true;
  await pass(8_000);
  disk.full = false;
  await pass(6_000);
  await pass(2_000, { callerSpeaks: true });
  await recorder.close();
  expect(news[0]).toBe('begun at 0');
  expect(news[1]).toMatch(/no space left/);
  expect(news.slice(2)).toEqual([expect.stringMatching(/^begun at/), 'finished']);
  expect(files.map(({ finished, abandoned }) => ({ finished, abandoned }))).toEqual([
    { finished: false, abandoned: true },
    { finished: true, abandoned: false },
  ]);
  // What the first had is still to be heard, and the second tells where in the call it stands.
  expect(soundsIn((await readRecording(files[0]!.bytes)).caller).length).toBe(1);
  const second = await readRecording(files[1]!.bytes);
  const startedMs = Number(/PARLEY_STARTED_MS=(\d+)/.exec(second.tags)![1]);
  expect(Math.abs(startedMs + soundsIn(second.caller)[0]!.startMs - 17_000)).toBeLessThanOrEqual(50);
});

test('a call that ends while the disk is full ends', async () => {
  const { recorder, disk, news, settle } = aRecording();
  await settle();
  disk.full = true;
  await recorder.close();
  expect(news).toEqual(['begun at 0', 'ENOSPC: no space left on device']);
});
