import { loadLocalInference } from './local-inference.ts';

/**
 * The SDK's end-of-turn model `v1-mini`, which listens to the voice, in 14 languages. Loading takes about 250 MB, which is
 * why one process does it for all calls of a host.
 */
export function loadEndOfTurn() {
  const inference = loadLocalInference();
  inference.initEot();
  return {
    /** Probability, 0 to 1, that the speaker of these last 1.2 s (mono, 16 kHz) has finished. */
    predict: (pcm: Int16Array): Promise<number> => inference.predict(pcm),
  };
}

export type EndOfTurn = ReturnType<typeof loadEndOfTurn>;
