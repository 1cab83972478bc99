import type { voice } from '@livekit/agents';
import type { EndCause, Ending } from '../call/ending.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallMedia } from '../sound/call-media.ts';
import { playedOut } from '../sound/played-out.ts';
import type { PreparedSpeech } from '../sound/prepare-speech.ts';

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

/** Plays what is sound already in the place of what is being said, until it was heard or the end is decided elsewhere. */
export async function sayInstead(
  output: CallMedia['output'],
  speech: PreparedSpeech | undefined,
  ending: Pick<Ending, 'decided'>,
): Promise<void> {
  if (output.isSpeaking) output.clearBuffer();
  output.resume();
  output.hurry();
  if (speech) await Promise.race([output.interlude(speech.frames), ending.decided]).catch(() => undefined);
}
