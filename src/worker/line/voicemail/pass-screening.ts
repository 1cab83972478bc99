import { afterScreening } from '../../../../telephony/index.ts';
import type { LineEvents } from './line-ear.ts';

/** As long as a phone rings on while its assistant asks for its owner. */
const longestMs = 45_000;

/**
 * `person`: somebody came. `voicemail`: a message can be left instead. `nobody`: no one came in time. `stopped`: the call is
 * over. The text is what they said.
 */
export type AfterScreening = { who: 'person' | 'voicemail' | 'nobody' | 'stopped'; text: string };

/**
 * Tells an assistant that screens calls who calls and why, once, and waits for whoever it fetches. `hear` passes on what is
 * heard and returns what stops it.
 */
export async function passScreening({
  introduce,
  hear,
  language,
  signal,
}: {
  /** Says who calls and why; resolves when it was heard to its end. */
  introduce: () => Promise<void>;
  hear: (on: LineEvents) => () => void;
  language: string;
  signal: AbortSignal;
}): Promise<AfterScreening> {
  await introduce();
  if (signal.aborted) return { who: 'stopped', text: '' };
  return new Promise((resolve) => {
    const settle = (after: AfterScreening) => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve(after);
    };
    const onAbort = () => settle({ who: 'stopped', text: '' });
    const timer = setTimeout(() => settle({ who: 'nobody', text: '' }), longestMs);
    const stop = hear({
      speech: () => undefined,
      words: (text, final) => {
        const who = final ? afterScreening(text, language) : 'screening';
        if (who !== 'screening') settle({ who, text });
      },
      beep: () => undefined,
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
