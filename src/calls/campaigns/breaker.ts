import { usdUnits } from '../usd.ts';
import type { Breaker, PauseReason } from './campaign.ts';
import type { CampaignLook } from './campaign-ports.ts';

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Why the campaign must not go on by itself; undefined: it may. */
export function trippedBreaker({
  campaign,
  lately,
}: Pick<CampaignLook, 'campaign' | 'lately'>): { reason: PauseReason; detail: string } | undefined {
  const { breaker, maxSpendUsd, spentUsd } = campaign;
  if (maxSpendUsd !== null && usdUnits(spentUsd) >= usdUnits(maxSpendUsd))
    return { reason: 'campaign_spend', detail: `Its calls cost ${spentUsd} USD; \`max_spend_usd\` is ${maxSpendUsd}.` };
  const { ended, answered, failed, short, optedOut } = lately;
  if (ended >= breaker.minCalls && failed / ended > breaker.maxFailedShare)
    return {
      reason: 'breaker_failures',
      detail: `Of the last ${ended} calls ${failed} failed; at most ${percent(breaker.maxFailedShare)} may.`,
    };
  if (answered < breaker.minCalls) return undefined;
  if (optedOut / answered > breaker.maxOptOutShare)
    return {
      reason: 'breaker_opt_outs',
      detail: `Of the last ${answered} people who answered ${optedOut} asked not to be called again; at most ${percent(breaker.maxOptOutShare)} may.`,
    };
  if (short / answered > breaker.maxShortShare)
    return {
      reason: 'breaker_short_calls',
      detail: `Of the last ${answered} calls that were answered ${short} ended within ${breaker.shortSeconds} seconds; at most ${percent(breaker.maxShortShare)} may be.`,
    };
  return undefined;
}

/** Of a campaign that says nothing else. */
export const defaultBreaker: Breaker = {
  calls: 100,
  minCalls: 20,
  maxFailedShare: 0.5,
  maxOptOutShare: 0.1,
  maxShortShare: 0.6,
  shortSeconds: 5,
};
