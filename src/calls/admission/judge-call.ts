import { agentExists } from './agent-exists.ts';
import { allowedCountry } from './allowed-country.ts';
import { attemptsPerNumber } from './attempts-per-number.ts';
import { campaignRuns } from './campaign-runs.ts';
import { callsPerSecond } from './calls-per-second.ts';
import { concurrentCalls } from './concurrent-calls.ts';
import { dialableNumber } from './dialable-number.ts';
import type { AdmissionFacts, Objection } from './facts.ts';
import { insideCallingWindow } from './inside-calling-window.ts';
import { noPremiumNumber } from './no-premium-number.ts';
import { notOnDoNotCallList } from './not-on-do-not-call-list.ts';
import { spendPerDay } from './spend-per-day.ts';

/** Every rule before a phone is dialled, in the order in which they are asked. Refusals come first, then waiting. */
const rules = {
  agent: agentExists,
  number: dialableNumber,
  premium_number: noPremiumNumber,
  country: allowedCountry,
  do_not_call: notOnDoNotCallList,
  calling_window: insideCallingWindow,
  attempts_per_number: attemptsPerNumber,
  spend_per_day: spendPerDay,
  campaign: campaignRuns,
  concurrent_calls: concurrentCalls,
  calls_per_second: callsPerSecond,
} as const satisfies Record<string, (facts: AdmissionFacts) => Objection | undefined>;

export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];

/** Rules whose answer will be another one by the time a scheduled call is due. */
export const momentaryRules: readonly RuleName[] = [
  'attempts_per_number',
  'spend_per_day',
  'concurrent_calls',
  'calls_per_second',
];

/** The first objection and whose it is; undefined: the phone may be dialled now. */
export function judgeCall(
  facts: AdmissionFacts,
  { except = [] }: { except?: readonly RuleName[] } = {},
): (Objection & { rule: RuleName }) | undefined {
  for (const rule of ruleNames) {
    const objection = except.includes(rule) ? undefined : rules[rule](facts);
    if (objection) return { ...objection, rule };
  }
  return undefined;
}

/** What one rule says: `later`, where it is asked only when the call is due. `reason` says it to a person. */
export type Verdict = { rule: RuleName; verdict: 'passes' | 'waits' | 'refuses' | 'later'; reason?: string };

/** What each rule says, in their order, whatever the one before says. */
export function verdictsOn(facts: AdmissionFacts, { except = [] }: { except?: readonly RuleName[] } = {}): Verdict[] {
  return ruleNames.map((rule): Verdict => {
    if (except.includes(rule)) return { rule, verdict: 'later' };
    const objection = rules[rule](facts);
    if (!objection) return { rule, verdict: 'passes' };
    if ('refused' in objection) return { rule, verdict: 'refuses', reason: objection.refused };
    if ('waitUntil' in objection)
      return { rule, verdict: 'waits', reason: `It waits until ${objection.waitUntil.toISOString()}.` };
    return { rule, verdict: 'waits', reason: 'It waits for a free line.' };
  });
}
