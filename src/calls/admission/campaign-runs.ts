import type { AdmissionFacts, Objection } from './facts.ts';

/** A call that others left no place for comes again, and stands in nobody's way meanwhile. */
const askAgainSeconds = 5;

/** A campaign that was paused or canceled dials nobody any more, and none takes the places that are kept for people who call in. */
export function campaignRuns({
  now,
  campaign = null,
  figures,
  rules,
}: Pick<AdmissionFacts, 'now' | 'campaign' | 'figures' | 'rules'>): Objection | undefined {
  if (campaign === null) return undefined;
  if (campaign !== 'running') return { refused: `The campaign is ${campaign}.` };
  if (figures.tenantCalls < rules.maxCalls - (rules.reservedCalls ?? 0)) return undefined;
  return { waitUntil: new Date(now.getTime() + askAgainSeconds * 1000) };
}
