import type { voice } from '@livekit/agents';
import type { EndCause, Ending } from '../call/ending.ts';
import type { Log } from '../../telemetry/logger.ts';
import { playedOut } from '../sound/played-out.ts';

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
  try {
    if (text) {
      await session.interrupt({ force: true }).await;
      const speech = session.say(text, { allowInterruptions: false });
      await playedOut(speech, { longestMs: longestFarewellMs, ending });
    }
  } catch (error) {
    log('warn', 'the goodbye could not be spoken', { error, reason: cause.reason });
  } finally {
    ending.decide({ ...cause, polite: true });
  }
}
