import { soundsLikePerson } from '../../../../telephony/index.ts';
import type { LineEvents } from './line-ear.ts';

/** Silence after which a machine is taken to record, though no beep was heard. */
const silenceMs = 4_000;
/** Greetings that are not over by then are not waited for. */
const longestMs = 45_000;
const lookEveryMs = 100;

/** `person`: whoever was taken for a machine spoke like somebody who listens. */
export type BeepAwaited = 'beep' | 'silence' | 'person' | 'too_long' | 'stopped';

/**
 * Waits until a machine records. `hear` passes on what is heard and returns what stops it.
 *
 * @param beepAlready A beep ended just before: it was what gave the machine away.
 */
export function awaitBeep({
  hear,
  language,
  speaking,
  beepAlready,
  signal,
}: {
  hear: (on: LineEvents) => () => void;
  language: string;
  /** Whether somebody speaks now. */
  speaking: boolean;
  beepAlready: boolean;
  signal: AbortSignal;
}): Promise<BeepAwaited> {
  if (beepAlready) return Promise.resolve('beep');
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let quietSinceMs: number | undefined = speaking ? undefined : startedMs;
    const settle = (how: BeepAwaited) => {
      clearInterval(timer);
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = () => settle('stopped');
    const timer = setInterval(() => {
      const now = performance.now();
      if (quietSinceMs !== undefined && now - quietSinceMs >= silenceMs) settle('silence');
      else if (now - startedMs >= longestMs) settle('too_long');
    }, lookEveryMs);
    const stop = hear({
      speech: (speaks) => (quietSinceMs = speaks ? undefined : performance.now()),
      words: (text, final) => {
        if (final && soundsLikePerson(text, language)) settle('person');
      },
      beep: () => settle('beep'),
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
