import { setTimeout as sleep } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import type { EndCause, Ending } from './ending.ts';
import type { Log } from '../telemetry/logger.ts';

/** A goodbye that is not over by then is cut. */
const longestFarewellMs = 15_000;

/**
 * Says a last sentence that cannot be interrupted, then ends the conversation. Without words, or when they cannot be
 * spoken, it just ends.
 */
export async function sayFarewell(
  { session, ending, log }: { session: voice.AgentSession; ending: Ending; log: Log },
  { text, cause }: { text: string; cause: EndCause },
): Promise<void> {
  if (ending.cause) return;
  const timer = new AbortController();
  try {
    if (text) {
      await session.interrupt({ force: true }).await;
      const speech = session.say(text, { allowInterruptions: false });
      const late = sleep(longestFarewellMs, undefined, { signal: AbortSignal.any([timer.signal, ending.signal]) });
      await Promise.race([speech.waitForPlayout(), late.catch(() => undefined)]);
    }
  } catch (error) {
    log('warn', 'the goodbye could not be spoken', { error, reason: cause.reason });
  } finally {
    timer.abort();
    ending.decide({ ...cause, polite: true });
  }
}
