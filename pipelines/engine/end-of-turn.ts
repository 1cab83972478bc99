import { createRequire } from 'node:module';

/**
 * The end-of-turn model of the LiveKit Agents SDK (`v1-mini`, audio, 14 languages). Its licence ties it to that SDK; the
 * engine serves only sessions of it. Loading takes about 250 MB, which is why one process does it for all calls of a host.
 */
export async function loadEndOfTurn() {
  // CommonJS whose exports an ES module does not see.
  const require = createRequire(import.meta.url);
  const inference = require('@livekit/local-inference') as typeof import('@livekit/local-inference');
  inference.initEot();
  return {
    /** Probability, 0 to 1, that the speaker of these last 1.2 s (mono, 16 kHz) has finished. */
    predict: (pcm: Int16Array): Promise<number> => inference.predict(pcm),
  };
}

export type EndOfTurn = Awaited<ReturnType<typeof loadEndOfTurn>>;
