import type * as Silero from '@livekit/agents-plugin-silero';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { messageOf } from '../failure.ts';
import { timedCheck } from '../wire/timed-check.ts';

const name = 'silero-plugin-vad';
const packageName = '@livekit/agents-plugin-silero';

const options = z.strictObject({
  /** Speech this long starts an utterance, milliseconds. */
  minSpeechMs: z.number().int().min(0).default(50),
  /** Silence this long ends it, milliseconds; the end-of-turn model needs 200 at least. */
  minSilenceMs: z.number().int().min(200).default(250),
  /** Probability from which sound counts as speech, 0–1. Raise it for noisy lines. */
  threshold: z.number().min(0.05).max(0.95).default(0.5),
});

/** Voice activity by LiveKit's Silero plugin, which brings ONNX Runtime; where its binary does not load, calls use `silero-vad`. */
export const sileroPluginVad = {
  name,
  role: 'vad',
  title: 'Silero voice activity by the LiveKit plugin, on this host',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: [],
  async create({ minSpeechMs, minSilenceMs, threshold }) {
    const { VAD } = await plugin();
    return VAD.load({
      minSpeechDuration: minSpeechMs,
      minSilenceDuration: minSilenceMs,
      activationThreshold: threshold,
      forceCPU: true,
    });
  },
  check: (_chosen, { timeoutMs }) =>
    timedCheck(timeoutMs, async () => {
      const { VAD } = await plugin();
      await VAD.load({ forceCPU: true });
      return 'The model is loaded.';
    }),
} as const satisfies Provider<'vad', typeof options>;

/** @throws ProviderError `not_configured` where it is not installed, or does not load on this machine */
async function plugin(): Promise<typeof Silero> {
  try {
    return await import('@livekit/agents-plugin-silero');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : 'does not load';
    throw new ProviderError(
      'not_configured',
      name,
      `${packageName} ${why} (${messageOf(error)}). Run \`npm install ${packageName}@1.9.0\`, or use silero-vad.`,
      { cause: error },
    );
  }
}
