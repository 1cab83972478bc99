import { EventEmitter } from 'node:events';
import type { voice } from '@livekit/agents';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderError } from '../../../pipelines/errors.ts';
import { neverSilent } from '../../../src/worker/conversation/never-silent.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Parts = Partial<Parameters<typeof neverSilent>[0]>;

function watched(parts: Parts = {}) {
  const session = Object.assign(new EventEmitter(), {
    agentState: 'listening',
    userState: 'listening',
    generateReply: vi.fn<() => void>(),
  });
  const agent = { stage: 'llm' as const, heard: { wordsMs: 0, finalMs: 0 }, holdsBack: false };
  const fillers: string[] = [];
  const gaveUp: string[] = [];
  const watch = neverSilent({
    session: session as unknown as voice.AgentSession,
    agent,
    output: { isAudible: false, interlude: async () => true },
    stock: { fillers: [{ text: 'One moment, please.', frames: [] }], trouble: undefined },
    fillerAfterMs: 2_000,
    patienceMs: 20_000,
    suspectEars: () => undefined,
    onFiller: ({ text, stage }) => fillers.push(`${stage}: ${text}`),
    giveUp: (stage) => gaveUp.push(stage),
    log: () => undefined,
    ...parts,
  });
  const state = (newState: string) => {
    session.agentState = newState;
    session.emit('agent_state_changed', { newState });
  };
  return { session, agent, fillers, gaveUp, watch, state };
}

test('while an answer needs eleven seconds there is a filler, a pause and the next one, and none waits behind another', async () => {
  const startedMs: number[] = [];
  const fillerMs = 3_000;
  let sounding = 0;
  let most = 0;
  const interlude = async () => {
    startedMs.push(performance.now());
    most = Math.max(most, (sounding += 1));
    await new Promise((resolve) => setTimeout(resolve, fillerMs));
    sounding -= 1;
    return true;
  };
  const { watch, state } = watched({ output: { isAudible: false, interlude } });
  const from = performance.now();
  state('thinking');
  await vi.advanceTimersByTimeAsync(11_000);
  watch.stop();
  expect(most).toBe(1);
  // 2 s, the filler of 3 s, a pause of 4 s, the next.
  expect(startedMs.map((ms) => Math.round((ms - from) / 1000))).toEqual([2, 9]);
});

describe('an answer that nobody could finish', () => {
  const failure = (code: 'bad_key' | 'empty_answer', more: { again?: true } = {}) => ({
    role: 'llm' as const,
    provider: 'openai-compatible-llm' as const,
    midStream: false,
    error: new ProviderError(code, 'openai-compatible-llm', 'no.'),
    ...more,
  });

  test('for a reason that will not pass ends the call in words at once', async () => {
    const { watch, state, gaveUp, session } = watched();
    state('thinking');
    watch.failed(failure('bad_key'));
    state('listening');
    watch.stop();
    expect(gaveUp).toEqual(['llm']);
    expect(session.generateReply).not.toHaveBeenCalled();
  });

  test('for a reason that may pass is asked for once more, with a filler meanwhile', async () => {
    const { watch, state, gaveUp, session, fillers } = watched();
    state('thinking');
    watch.failed(failure('empty_answer', { again: true }));
    watch.failed(failure('empty_answer'));
    state('listening');
    await vi.advanceTimersByTimeAsync(10);
    expect(fillers).toEqual(['llm: One moment, please.']);
    expect(session.generateReply).toHaveBeenCalledTimes(1);
    state('thinking');
    watch.failed(failure('empty_answer'));
    state('listening');
    watch.stop();
    expect(gaveUp).toEqual(['llm']);
  });

  test('while the same provider is asked again is no reason to give up', async () => {
    const { watch, state, gaveUp, session } = watched();
    state('thinking');
    watch.failed(failure('empty_answer', { again: true }));
    state('listening');
    watch.stop();
    expect(gaveUp).toEqual([]);
    expect(session.generateReply).not.toHaveBeenCalled();
  });
});

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
