import { setTimeout as delay } from 'node:timers/promises';
import type { Line } from './line.ts';
import type { Utterance } from './microphone.ts';
import type { PreparedStep } from './prepare-step.ts';
import { isWord, type SpeechSegment } from './speech-detector.ts';

/** One call while it goes on. All times are monotonic ms. */
export type Conversation = {
  line: Line;
  /** Silence after which the agent counts as finished, in ms. */
  agentFinishedMs: number;
  /** How long the agent is waited for before the script goes on, in ms. */
  replyTimeoutMs: number;
  /** Aborted when the call is over; every wait then rejects. */
  signal: AbortSignal;
};

const lookEveryMs = 20;

/** Waits until `condition` holds. False: it did not within `timeoutMs`. */
export async function until(condition: () => boolean, signal: AbortSignal, timeoutMs = Infinity): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadlineMs) return false;
    await delay(lookEveryMs, undefined, { signal });
  }
  return true;
}

/** Does one step of the script. Null when it only listened. `sinceMs` is the caller's last word, or the answer. */
export async function takeStep(
  call: Conversation,
  {
    step,
    sinceMs,
    onSpeech,
    onWait,
  }: { step: PreparedStep; sinceMs: number; onSpeech?: () => void; onWait?: () => void },
): Promise<Utterance | null> {
  const { interruptAfterMs, after, waitMs } = step;
  if (waitMs !== undefined) {
    await agentFinished(call, sinceMs);
    onWait?.();
    await delay(waitMs, undefined, call);
    return null;
  }
  if (interruptAfterMs !== undefined) {
    const speaking = () => call.line.agentSegments().find(({ startMs, endMs }) => endMs === null && startMs >= sinceMs);
    await until(() => speaking() !== undefined, call.signal, call.replyTimeoutMs);
    const dueMs = (speaking()?.startMs ?? performance.now()) + interruptAfterMs;
    await delay(Math.max(0, dueMs - performance.now()), undefined, call);
  } else if (after === 'agent-finished') await agentFinished(call, sinceMs);
  else await delay(Math.max(0, sinceMs + after - performance.now()), undefined, call);
  if (!step.audio) return null;
  onSpeech?.();
  return call.line.microphone.say(step.audio);
}

/** Waits until the agent has begun to speak after `sinceMs`. False: it did not in time. */
export async function answerBegins(call: Conversation, sinceMs: number): Promise<boolean> {
  const isAnswer = (segment: SpeechSegment) => segment.startMs >= sinceMs && isWord(segment);
  return until(() => call.line.agentSegments().some(isAnswer), call.signal, call.replyTimeoutMs);
}

/** Waits until the agent has spoken after `sinceMs` and then been silent. False: it did not speak in time. */
export async function agentFinished(call: Conversation, sinceMs: number): Promise<boolean> {
  const since = () => call.line.agentSegments().filter(({ endMs }) => endMs === null || endMs > sinceMs);
  if (!(await answerBegins(call, sinceMs))) return false;
  return until(
    () => since().every(({ endMs }) => endMs !== null && performance.now() - endMs >= call.agentFinishedMs),
    call.signal,
  );
}
