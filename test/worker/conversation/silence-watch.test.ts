import { EventEmitter } from 'node:events';
import { type voice } from '@livekit/agents';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSilence } from '../../../src/worker/conversation/silence-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A line on which nobody speaks for eight seconds at most. */
function aQuietLine() {
  const done: string[] = [];
  const session = Object.assign(new EventEmitter(), { agentState: 'listening' }) as unknown as voice.AgentSession;
  const stop = watchSilence({
    session,
    silenceSeconds: 8,
    onCheckIn: () => done.push('asks'),
    onSilence: () => done.push('ends'),
    log: () => undefined,
  });
  return { done, stop };
}

test('who says nothing is asked once, and left after as long again', async () => {
  const { done, stop } = aQuietLine();
  await vi.advanceTimersByTimeAsync(8_500);
  expect(done).toEqual(['asks']);
  await vi.advanceTimersByTimeAsync(8_500);
  expect(done).toEqual(['asks', 'ends']);
  stop();
});

test.each([-6, 6])('a clock that is set by %i hours makes nobody silent, and nobody present', async (hours) => {
  const { done, stop } = aQuietLine();
  vi.setSystemTime(Date.now() + hours * 3_600_000);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(done).toEqual(['asks']);
  stop();
});
