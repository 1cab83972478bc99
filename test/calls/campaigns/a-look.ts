import type { Breaker, Campaign, Pacing } from '../../../src/calls/campaigns/campaign.ts';
import { defaultBreaker } from '../../../src/calls/campaigns/breaker.ts';
import type { CampaignLook, Rival } from '../../../src/calls/campaigns/campaign-ports.ts';

const campaign: Campaign = {
  id: 'campaign_1',
  tenantId: 'tenant_a',
  name: 'May',
  state: 'running',
  pauseReason: null,
  pauseDetail: null,
  order: { agent: 'reminder', variables: {}, metadata: {}, limits: {}, plan: {} },
  trunkId: 'ST_x',
  notBefore: null,
  notAfter: null,
  retry: null,
  pacing: { maxCalls: 10 },
  breaker: defaultBreaker,
  maxSpendUsd: null,
  spentUsd: '0',
  createdAt: new Date('2026-05-04T12:00:00Z'),
  startedAt: null,
  endedAt: null,
};

export const aRival = (more: Partial<Rival> = {}): Rival => ({
  id: 'campaign_1',
  tenantId: 'tenant_a',
  trunkId: 'ST_x',
  calling: 0,
  maxCalls: 10,
  hasDue: true,
  ...more,
});

type More = Partial<Omit<CampaignLook, 'campaign' | 'lately'>> & {
  pacing?: Pacing;
  breaker?: Partial<Breaker>;
  lately?: Partial<CampaignLook['lately']>;
  campaign?: Partial<Campaign>;
};

/** A campaign that runs alone and may call somebody, with single facts replaced. */
export function aLook({ pacing, breaker, lately, campaign: changed, ...more }: More = {}): CampaignLook {
  const pace = pacing ?? campaign.pacing;
  return {
    now: new Date(),
    calling: 0,
    talking: 0,
    unattended: 0,
    nextDueAt: null,
    lastPlacedAt: null,
    tenantTaken: more.calling ?? 0,
    trunkTaken: more.calling ?? 0,
    rivals: [aRival({ maxCalls: pace.maxCalls, calling: more.calling ?? 0 })],
    ended: [],
    ...more,
    lately: { ended: 0, answered: 0, failed: 0, short: 0, optedOut: 0, ...lately },
    campaign: { ...campaign, ...changed, pacing: pace, breaker: { ...defaultBreaker, ...breaker } },
  };
}
