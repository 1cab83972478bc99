import { EventEmitter } from 'node:events';
import type { voice } from '@livekit/agents';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderError } from '../../../pipelines/errors.ts';
import { neverSilent } from '../../../src/worker/conversation/never-silent.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a recogniser that is lost after the caller stopped makes a filler heard at once, not after another wait', async () => {
  const session = Object.assign(new EventEmitter(), { agentState: 'listening', userState: 'listening' });
  const agent = { stage: 'llm' as const, heard: { wordsMs: 0, finalMs: 0 }, holdsBack: false };
  const user = (newState: string) => {
    session.userState = newState;
    session.emit('user_state_changed', { newState });
  };
  const fillers: string[] = [];
  const watch = neverSilent({
    session: session as unknown as voice.AgentSession,
    agent,
    output: { isAudible: false, interlude: async () => true },
    stock: { fillers: [{ text: 'One moment, please.', frames: [] }], trouble: undefined },
    fillerAfterMs: 2_000,
    patienceMs: 20_000,
    suspectEars: () => undefined,
    onFiller: ({ text, stage }) => fillers.push(`${stage}: ${text}`),
    giveUp: () => undefined,
    log: () => undefined,
  });
  user('speaking');
  await vi.advanceTimersByTimeAsync(1_500);
  user('listening');
  await vi.advanceTimersByTimeAsync(1_600);
  expect(fillers).toEqual([]);
  const error = new ProviderError('unreachable', 'deepgram-stt', 'the connection is half open.');
  watch.failed({ role: 'stt', provider: 'deepgram-stt', next: 'whisperlive-stt', midStream: false, error });
  await vi.advanceTimersByTimeAsync(200);
  watch.stop();
  expect(fillers).toEqual(['stt: One moment, please.']);
});
