import type { TurnEnding } from '../../calls/call.ts';

/**
 * What the words of a turn say about its end. `whole`: what was asked for is there. `unfinished`: more must come, as after
 * "and my" or four digits of a telephone number. `dictated`: an address, a name that is spelled: it may go on after a long
 * pause. `plain`: the words say nothing about it.
 */
export type Reading = 'whole' | 'unfinished' | 'dictated' | 'plain';

/** What is known at one moment of a pause of the caller. */
export type TurnEvidence = {
  /** Milliseconds since the caller's last sound. */
  silenceMs: number;
  /** Speech was heard whose words the recogniser has not told yet. */
  wordsOwed: boolean;
  reading: Reading;
  /** Probability, 0 to 1, that the caller has finished, as the model said last; `asked` while it is to say so; `none` without one. */
  model: number | 'asked' | 'none';
};

export type TurnLimits = {
  /** Silence before which no turn ends, milliseconds. */
  minMs: number;
  /** Silence that ends a turn of which nothing else is known. */
  maxMs: number;
  /** Silence that ends even a turn that has to go on. */
  patienceMs: number;
  /** The model's probability from which a turn is taken to be over. */
  threshold: number;
};

export type TurnDecision = { over: true; by: TurnEnding['endedBy'] } | { over: false; lookAgainInMs: number };

/** Silences at which the model is asked once more, milliseconds: what sounded unfinished at first may be clear by then. */
export const askAgainAtMs = [400, 600] as const;

/**
 * Whether a turn is over, by three witnesses: silence, the model's probability, and the words. Every turn ends: after
 * `patienceMs` of silence at the latest.
 */
export function decideTurn({ silenceMs, wordsOwed, reading, model }: TurnEvidence, limits: TurnLimits): TurnDecision {
  const { minMs, maxMs, patienceMs, threshold } = limits;
  const mayGoOn = reading === 'unfinished' || reading === 'dictated';
  const longestMs = Math.max(minMs, mayGoOn ? Math.max(maxMs, patienceMs) : maxMs);
  if (silenceMs >= longestMs) return { over: true, by: 'silence' };
  const witness = wordsOwed ? undefined : witnessOf(reading, model, threshold);
  if (witness && silenceMs >= minMs) return { over: true, by: witness };
  return { over: false, lookAgainInMs: (witness ? minMs : longestMs) - silenceMs };
}

function witnessOf(
  reading: Reading,
  model: TurnEvidence['model'],
  threshold: number,
): TurnEnding['endedBy'] | undefined {
  if (reading === 'whole') return 'words';
  if (reading === 'unfinished' || model === 'asked') return undefined;
  // Without a model, a caller who is answered early can go on speaking; one who is never answered hangs up.
  if (model === 'none') return reading === 'dictated' ? undefined : 'silence';
  return model >= threshold ? 'model' : undefined;
}
