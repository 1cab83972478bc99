import { test } from 'vitest';

/** A test for each rule. They spend most of their time waiting, so those that can wait together. */
export function eachRule<Rule>(rules: Record<string, Rule>, check: (rule: Rule) => Promise<void>): void {
  for (const [name, rule] of Object.entries(rules)) (runsAlone(name) ? test : test.concurrent)(name, () => check(rule));
}

/** Whether a rule weighs the heap or looks at the clock, where nothing else may run beside it. */
export function runsAlone(rule: string): boolean {
  return /leave nothing behind|at once|the first/.test(rule);
}

/** Whether a rule that is not kept shows it each time; what is left of a stream may be more or less. */
export function isSteady(rule: string): boolean {
  return !rule.includes('leave nothing behind');
}
