import { usdText, usdUnits } from '../usd.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

/**
 * What a call costs besides its line is watched while it runs; this is about all calls of the tenant. What the running ones may
 * still take is held back: it may become free again, so a call that has no room beside it waits.
 */
export function spendPerDay({
  figures,
  rules,
  carrierUsd,
}: Pick<AdmissionFacts, 'figures' | 'rules' | 'carrierUsd'>): Objection | undefined {
  const limit = usdUnits(rules.spendPerDayUsd.toFixed(12));
  const [spent, reserved, needed] = [figures.spentUsd, figures.reservedUsd, carrierUsd].map(usdUnits) as [
    bigint,
    bigint,
    bigint,
  ];
  if (spent >= limit)
    return {
      refused: `${figures.spentUsd} USD were spent in 24 hours; PARLEY_SPEND_PER_DAY_USD allows ${rules.spendPerDayUsd}.`,
    };
  if (spent + needed > limit)
    return {
      refused: `The line of this call may cost ${usdText(needed)} USD at its longest, and ${figures.spentUsd} USD were spent in 24 hours; PARLEY_SPEND_PER_DAY_USD allows ${rules.spendPerDayUsd}. A lower \`limits.max_minutes\` needs less.`,
    };
  return spent + reserved + needed > limit ? { full: 'tenant' } : undefined;
}
