import { inference } from '@livekit/agents';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { timedCheck } from '../wire/timed-check.ts';

const options = z.strictObject({
  /** Speech this long starts an utterance, milliseconds. */
  minSpeechMs: z.number().int().min(0).default(50),
  /** Silence this long ends it, milliseconds; the end-of-turn model needs 200 at least. */
  minSilenceMs: z.number().int().min(200).default(250),
  /** Probability from which sound counts as speech, 0–1. Raise it for noisy lines. */
  threshold: z.number().min(0.05).max(0.95).default(0.5),
});

/** Voice activity by the Silero model that the SDK bundles. */
export const sileroVad = {
  name: 'silero-vad',
  role: 'vad',
  title: 'Silero voice activity, on this host',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: [],
  create: ({ minSpeechMs, minSilenceMs, threshold }) =>
    new inference.VAD({
      minSpeechDuration: minSpeechMs,
      minSilenceDuration: minSilenceMs,
      activationThreshold: threshold,
      deactivationThreshold: Math.max(threshold - 0.15, 0.01),
    }),
  check: (_chosen, { timeoutMs }) =>
    timedCheck(timeoutMs, async () => {
      new inference.VAD().stream().close();
      return 'The model is loaded.';
    }),
} as const satisfies Provider<'vad', typeof options>;
