import type { BuildContext } from '../contract.ts';
import type { EngineClient } from './engine-client.ts';
import { withLineNoise } from './line-noise.ts';

/**
 * Probability, 0 to 1, that the speaker of these last 1.2 s (mono, 16 kHz) has finished; undefined where nobody can say so in
 * time. Of a telephone it is told how much noise the line makes, dB below full scale. Never rejects.
 */
export type EndOfTurnModel = (pcm: Int16Array, telephoneNoiseDbfs?: number) => Promise<number | undefined>;

/** A prediction takes some 20 ms; what comes later than this is of no use any more. */
const answerWithinMs = 500;

/** Asks the end-of-turn model of the engine. */
export function createEndOfTurnModel(engine: EngineClient, log: BuildContext['log']): EndOfTurnModel {
  let warned = false;
  return async (pcm, telephoneNoiseDbfs) => {
    try {
      return await engine.endOfTurn(withLineNoise(pcm, telephoneNoiseDbfs), {
        signal: AbortSignal.timeout(answerWithinMs),
      });
    } catch (error) {
      if (!warned)
        log('warn', 'End-of-turn predictions fail; turns end by silence and words.', { reason: String(error) });
      warned = true;
      return undefined;
    }
  };
}
