import { type Distribution, distribution } from '../caller/distribution.ts';

/** What callers are promised; milliseconds, at their end of the line. */
export type Promises = {
  /** From the answer to the first word of the greeting, for 95 of 100. */
  greetingMs: number;
  /** From the caller's last word to the agent's first, for 95 of 100. */
  answerMs: number;
  /** How much longer than in a single call the same words may take to be heard: what stutters is heard late. */
  gapMs: number;
};

/** One call as its caller heard it. */
export type HeardCall = {
  /** Null: nobody answered, or the call broke off. */
  greetingMs: number | null;
  /** One per question; null where no answer was heard. */
  answersMs: (number | null)[];
  /** Of each answer: its words, and how long they took to be heard, milliseconds. */
  answers: { text: string; ms: number }[];
};

/** What so many calls at once were like. */
export type Level = {
  calls: number;
  /** Calls that nobody answered or that broke off. */
  dropped: number;
  /** Questions that got no answer. */
  unanswered: number;
  greetingMs: Distribution;
  answerMs: Distribution;
  /** How much longer than alone the same words took. */
  gapMs: Distribution;
  /** Every promise that was broken, in a sentence; none: they were kept. */
  broken: string[];
};

/** How long words take to be heard when a call is alone, milliseconds, by the words. */
export type Alone = ReadonlyMap<string, number>;

export function aloneOf(calls: readonly HeardCall[]): Alone {
  const alone = new Map<string, number>();
  for (const { text, ms } of calls.flatMap(({ answers }) => answers))
    alone.set(text, Math.min(ms, alone.get(text) ?? Infinity));
  return alone;
}

/** Compares what callers heard with what they are promised. Words that were never heard alone say nothing about gaps. */
export function judgeLevel(
  heard: readonly (HeardCall | null)[],
  { promises, alone }: { promises: Promises; alone: Alone },
): Level {
  const calls = heard.flatMap((call) => (call && call.greetingMs !== null ? [call] : []));
  const dropped = heard.length - calls.length;
  const unanswered = calls.flatMap(({ answersMs }) => answersMs).filter((ms) => ms === null).length;
  const greetingMs = distribution(calls.flatMap((call) => call.greetingMs ?? []));
  const answerMs = distribution(calls.flatMap(({ answersMs }) => answersMs.flatMap((ms) => ms ?? [])));
  const gapMs = distribution(
    calls.flatMap(({ answers }) =>
      answers.flatMap(({ text, ms }) => {
        const whole = alone.get(text);
        return whole === undefined ? [] : [Math.max(0, ms - whole)];
      }),
    ),
  );
  const broken = [
    ...(dropped > 0 ? [`${dropped} of ${heard.length} calls were not answered or broke off`] : []),
    ...(unanswered > 0 ? [`${unanswered} questions got no answer`] : []),
    ...over('greeting', greetingMs.p95, promises.greetingMs),
    ...over('answer', answerMs.p95, promises.answerMs),
    ...over('gap in what was said', gapMs.p95, promises.gapMs),
  ];
  return { calls: heard.length, dropped, unanswered, greetingMs, answerMs, gapMs, broken };
}

function over(name: string, p95: number | null, limit: number): string[] {
  return p95 !== null && p95 > limit ? [`${name} p95 ${Math.round(p95)} ms, ${limit} ms are promised`] : [];
}
