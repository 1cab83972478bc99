import type { WantedPipeline } from '../../../pipelines/index.ts';
import type { CallLimits } from '../call.ts';
import type { Outcome } from '../call-state.ts';
import type { CallPlan, RetryRule } from '../place/call-plan.ts';

/** The life of a campaign. `completed` is left when recipients are added to it. */
export const campaignStates = ['draft', 'running', 'paused', 'completed', 'canceled'] as const;
export type CampaignState = (typeof campaignStates)[number];

/** From each state, the states it may go to. */
export const campaignTransitions = {
  draft: ['running', 'canceled'],
  running: ['paused', 'completed', 'canceled'],
  paused: ['running', 'canceled'],
  completed: ['running'],
  canceled: [],
} as const satisfies Record<CampaignState, readonly CampaignState[]>;

/** The states from which `to` may be entered. */
export function campaignStatesBefore(to: CampaignState): CampaignState[] {
  return campaignStates.filter((from) => (campaignTransitions[from] as readonly CampaignState[]).includes(to));
}

/** Why a campaign is paused. */
export const pauseReasons = [
  'operator',
  'agent',
  'line',
  'variables',
  'breaker_failures',
  'breaker_opt_outs',
  'breaker_short_calls',
  'campaign_spend',
  'spend_per_day',
  'database_restored',
] as const;
export type PauseReason = (typeof pauseReasons)[number];

/** Of one person on the list. `calling`: their call is there and has not been settled. */
export const recipientStates = ['waiting', 'calling', 'done', 'skipped', 'canceled'] as const;
export type RecipientState = (typeof recipientStates)[number];

/** What each of its calls is placed with, as `POST /api/dispatch` takes it. JSON. */
export type CampaignOrder = {
  agent: string;
  pipeline?: WantedPipeline;
  playbook?: string;
  /** For every recipient, under their own. */
  variables: Record<string, string>;
  from?: string;
  trunkId?: string;
  metadata: Record<string, unknown>;
  limits: CallLimits;
  plan: Pick<CallPlan, 'window' | 'voicemail'>;
};

/** How fast it calls. */
export type Pacing = {
  /** Calls at once, ringing ones too. */
  maxCalls: number;
  /** New calls per minute. */
  callsPerMinute?: number;
  /**
   * People on the line at once, such as there are colleagues to hand over to: as many phones ring as the answer rate lets
   * expect. Aimed at, not a bound: more may answer than usually do.
   */
  maxConversations?: number;
};

/** When it pauses by itself. Shares are 0 to 1, of the last `calls`. */
export type Breaker = {
  calls: number;
  /** Before so many have ended nothing is concluded from them. */
  minCalls: number;
  /** That failed, of all. */
  maxFailedShare: number;
  /** Who asked not to be called again, of those who answered. */
  maxOptOutShare: number;
  /** Over within `shortSeconds` of the answer, of those who answered. */
  maxShortShare: number;
  shortSeconds: number;
};

export type Campaign = {
  /** `campaign_` + ULID. */
  id: string;
  tenantId: string;
  name: string;
  state: CampaignState;
  /** Of a paused one. */
  pauseReason: PauseReason | null;
  /** In words. */
  pauseDetail: string | null;
  order: CampaignOrder;
  /** Trunk of its calls, as it was when it was made. */
  trunkId: string;
  notBefore: Date | null;
  /** Nobody is called after it. */
  notAfter: Date | null;
  retry: RetryRule | null;
  pacing: Pacing;
  breaker: Breaker;
  /** Exact decimal text. */
  maxSpendUsd: string | null;
  /** What its calls cost by the time they ended, exact decimal text. */
  spentUsd: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};

export type Recipient = {
  /** From 1, in the order in which they were added; numbers may be missing. */
  position: number;
  /** E.164; null: erased. */
  phoneNumber: string | null;
  leadId: string | null;
  variables: Record<string, string>;
  state: RecipientState;
  /** Calls placed so far. */
  attempts: number;
  /** Of them those that count against the retry rule. */
  tries: number;
  /** Not called before. */
  dueAt: Date;
  /** Of the last attempt. */
  outcome: Outcome | null;
  /** Why they are skipped, in words. */
  reason: string | null;
};

export type NewRecipient = Pick<Recipient, 'leadId' | 'variables'> & { phoneNumber: string };
