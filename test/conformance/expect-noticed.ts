import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runsAlone } from './each-rule.ts';

/** What is wrong, the rule that has to notice it, and a provider that otherwise keeps all rules. */
export type Defect<Subject> = [string, rule: string, Subject];

/** A rule notices a defect by throwing, or by never coming to an end. Those that may wait for ever wait together. */
export function expectDefectsNoticed<Subject>(
  defects: Defect<Subject>[],
  check: (rule: string, broken: Subject) => Promise<void>,
): void {
  const alone = defects.filter(([, rule]) => runsAlone(rule));
  const together = defects.filter((defect) => !alone.includes(defect));
  test.concurrent.each(together)('%s', async (_defect, rule, broken) => {
    expect(await within(longestMs, check(rule, broken))).not.toBe('unnoticed');
  });
  test.each(alone)('%s', async (_defect, rule, broken) => {
    const isLeak = rule.includes('leave nothing behind');
    expect(await within(isLeak ? longestLeakMs : longestMs, check(rule, broken))).not.toBe('unnoticed');
    kept.length = 0;
  });
}

/** A provider that keeps the rules is done in a fraction of that. */
const longestMs = 4_000;
const longestLeakMs = 20_000;

function within(milliseconds: number, check: Promise<void>): Promise<string> {
  const outcome = check.then(
    () => 'unnoticed',
    () => 'noticed',
  );
  return Promise.race([outcome, sleep(milliseconds, 'it never ended', { ref: false })]);
}

/** What a leaking provider holds on to, so that it outlives its stream. */
export const kept: unknown[] = [];

/** A signal that never tells anything. */
export const deaf = new AbortController().signal;
