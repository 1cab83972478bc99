import { setTimeout as sleep } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import type { Ending } from '../call/ending.ts';

/** Resolves when the speech was heard to its end, when it takes longer than `longestMs`, or when the call is over. */
export async function playedOut(
  speech: voice.SpeechHandle,
  { longestMs, ending }: { longestMs: number; ending: Ending },
): Promise<void> {
  const timer = new AbortController();
  const late = sleep(longestMs, undefined, { signal: AbortSignal.any([timer.signal, ending.signal]) });
  await Promise.race([speech.waitForPlayout(), late.catch(() => undefined)]).finally(() => timer.abort());
}
