import type { AdmissionFacts, Objection } from './facts.ts';

/** What one call may cost is watched while it runs; this is about all calls of the tenant. */
export function spendPerDay({ figures, rules }: Pick<AdmissionFacts, 'figures' | 'rules'>): Objection | undefined {
  if (Number(figures.spentUsd) < rules.spendPerDayUsd) return undefined;
  return {
    refused: `${figures.spentUsd} USD were spent in 24 hours; PARLEY_SPEND_PER_DAY_USD allows ${rules.spendPerDayUsd}.`,
  };
}
