import { askAgainAtMs, decideTurn, type Reading, type TurnLimits } from '../../src/worker/turns/decide-turn.ts';

/** What is known of one clip on one line: the model's answers at 250 ms and when it is asked again, and the words. */
export type Known = { finished: boolean; answers: readonly number[]; reading: Reading };

/** When a pause is reported, and how long the model takes. */
const toldMs = 250;
const modelMs = 25;
const asksMs = [toldMs, ...askAgainAtMs];

/** Silence after which the turn is over, as a call decides it, if the caller says nothing more. */
export function silenceUntilOver({ answers, reading }: Omit<Known, 'finished'>, limits: TurnLimits): number {
  const arrivals = answers.map((answer, index) => ({ atMs: asksMs[index]! + modelMs, answer }));
  for (let silenceMs = toldMs; ;) {
    const model = arrivals.findLast(({ atMs }) => atMs <= silenceMs)?.answer ?? (answers.length > 0 ? 'asked' : 'none');
    const decision = decideTurn({ silenceMs, wordsOwed: false, reading, model }, limits);
    if (decision.over) return silenceMs;
    const next = arrivals.find(({ atMs }) => atMs > silenceMs)?.atMs ?? Number.POSITIVE_INFINITY;
    silenceMs = Math.min(next, silenceMs + decision.lookAgainInMs);
  }
}

/**
 * How many of the pauses within turns last longer, milliseconds to share: what silence alone cuts off in LiveKit's eot-bench
 * (English, real calls). Between and beyond its points the share falls exponentially.
 */
const longerPauses = [
  [300, 0.556],
  [600, 0.217],
  [1_000, 0.1],
  [1_600, 0.05],
] as const;

export function shareOfLongerPauses(ms: number): number {
  const after = longerPauses.findIndex(([at]) => at >= ms);
  const index = after === -1 ? longerPauses.length - 1 : Math.max(1, after);
  const [[fromMs, from], [toMs, to]] = [longerPauses[index - 1]!, longerPauses[index]!];
  return Math.min(1, from * (to / from) ** ((ms - fromMs) / (toMs - fromMs)));
}

export type Point = { meanDelayMs: number; cutOff: number; waiting: number };

/** Mean silence after finished clips, share of pauses in unfinished ones that are cut off, share of finished ones that wait longer than 1.5 s. */
export function pointOf(known: readonly Known[], limits: TurnLimits): Point {
  const delays = known.filter(({ finished }) => finished).map((each) => silenceUntilOver(each, limits));
  const cuts = known
    .filter(({ finished }) => !finished)
    .map((each) => shareOfLongerPauses(silenceUntilOver(each, limits)));
  return {
    meanDelayMs: mean(delays),
    cutOff: mean(cuts),
    waiting: delays.filter((ms) => ms > 1_500).length / delays.length,
  };
}

const grid = {
  threshold: Array.from({ length: 19 }, (_, index) => (index + 1) / 20),
  minMs: [250, 275, 300, 350, 400, 450, 500, 600],
  maxMs: [300, 400, 500, 600, 700, 800, 1_000, 1_250, 1_500, 2_000, 2_500],
};

/** The fewest cut-offs with which finished turns wait no longer than `meanDelayMs` on average, over all settings. */
export function fewestCutOffs(known: readonly Known[], meanDelayMs: number): number {
  let fewest = 1;
  for (const threshold of grid.threshold)
    for (const minMs of grid.minMs)
      for (const maxMs of grid.maxMs) {
        const point = pointOf(known, { threshold, minMs, maxMs, patienceMs: 2_500 });
        if (point.meanDelayMs <= meanDelayMs) fewest = Math.min(fewest, point.cutOff);
      }
  return fewest;
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
