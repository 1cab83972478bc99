import type { BuildContext } from '../contract.ts';
import type { EngineClient } from './engine-client.ts';
import { pcmSamples } from './frames.ts';

/** What the SDK's turn detector calls for its local model: PCM of the last 1.2 s in base64, mono 16 kHz. */
export type EndOfTurnExecutor = {
  doInference(method: string, data: unknown): Promise<{ probability: number; inferenceDurationMs: number }>;
};

/** The SDK gives up after 1 s; a prediction takes some 20 ms. */
const answerWithinMs = 500;

/**
 * Runs the SDK's end-of-turn predictions in the engine, for
 * `new inference.TurnDetector({ version: 'v1-mini', executor })`. Without an answer of the engine it says that the turn
 * is over: a caller who is answered early can go on speaking, one who is never answered hangs up.
 */
export function createEndOfTurnExecutor(engine: EngineClient, log: BuildContext['log']): EndOfTurnExecutor {
  let warned = false;
  return {
    async doInference(_method, data) {
      const startedMs = performance.now();
      let probability = 1;
      try {
        const { pcm } = data as { pcm: string };
        const signal = AbortSignal.timeout(answerWithinMs);
        probability = await engine.endOfTurn(pcmSamples(Buffer.from(pcm, 'base64')), { signal });
      } catch (error) {
        if (!warned)
          log('warn', 'End-of-turn predictions fail; turns end by silence alone.', { reason: String(error) });
        warned = true;
      }
      return { probability, inferenceDurationMs: performance.now() - startedMs };
    },
  };
}
