/** What campaigns need from the database. `src/store` implements it. */
import type { Outcome } from '../call-state.ts';
import type { CallResult } from '../result/call-result.ts';
import type { Due, Lead, NewCall, NewEvent } from '../ports.ts';
import type { Campaign, CampaignState, NewRecipient, PauseReason, Recipient, RecipientState } from './campaign.ts';

export type NewCampaign = Omit<
  Campaign,
  'state' | 'pauseReason' | 'pauseDetail' | 'spentUsd' | 'createdAt' | 'startedAt' | 'endedAt'
>;

/** Which leads are called. */
export type LeadQuery = {
  ids?: string[];
  company?: string;
  /** Leads whose `data` has all of this. */
  data?: Record<string, unknown>;
  createdAfter?: Date;
  createdBefore?: Date;
  /** Whom no call of this tenant named so far. */
  neverCalled?: boolean;
};

/** A call of a campaign that has ended and was not settled. */
export type EndedAttempt = {
  position: number;
  attempt: number;
  phoneNumber: string | null;
  tries: number;
  outcome: Outcome;
  /** The rule that forbade it. */
  rule: string | null;
  reason: string | null;
};

/** What becomes of a recipient. */
export type Settlement = {
  position: number;
  attempt: number;
  state: RecipientState;
  dueAt?: Date;
  /** Whether the attempt counts against the retry rule. */
  counts: boolean;
  outcome: Outcome | null;
  reason: string | null;
};

/** A campaign that runs and shares places with the one that is looked at, or that one itself. */
export type Rival = {
  id: string;
  tenantId: string;
  trunkId: string;
  calling: number;
  maxCalls: number;
  /** Somebody may be called now. */
  hasDue: boolean;
};

/** All that decides what a campaign does next, as of one moment. */
export type CampaignLook = {
  campaign: Campaign;
  /** By the clock of the database, which judges when somebody is due. */
  now: Date;
  /** Recipients whose call is there and was not settled. */
  calling: number;
  /** Of them those who are on the line. */
  talking: number;
  /** Calls of it that have waited for a worker for some seconds. */
  unattended: number;
  /** Of the recipients that wait; null: none does. */
  nextDueAt: Date | null;
  lastPlacedAt: Date | null;
  /** Calls of the tenant and of the trunk that have a place or wait in line. */
  tenantTaken: number;
  trunkTaken: number;
  rivals: Rival[];
  /** Of the calls the breaker looks at. */
  lately: { ended: number; answered: number; failed: number; short: number; optedOut: number };
  ended: EndedAttempt[];
};

export type CampaignProgress = {
  recipients: Record<RecipientState, number>;
  /** Of the last attempts. */
  outcomes: Partial<Record<Outcome, number>>;
  /** Calls placed. */
  calls: number;
  answered: number;
  optedOut: number;
};

/** A recipient with what came of the last call. */
export type RecipientResult = Recipient & {
  callId: string | null;
  answeredAt: Date | null;
  talkedSeconds: number | null;
  costUsd: string | null;
  result: CallResult | null;
};

/** One call to one recipient: `attempt` counts from 1. */
export type Claim = { campaignId: string; position: number; attempt: number; mostCalls: number };

export type CampaignStore = {
  /** One whose id is there already is answered as it stands. */
  insertCampaign(campaign: NewCampaign): Promise<Campaign>;
  findCampaign(id: string, tenantId: string): Promise<Campaign | null>;
  /** Newest first. `cursor` is opaque, from the page before. */
  listCampaigns(query: {
    tenantId: string;
    state?: CampaignState;
    cursor?: string;
    limit: number;
  }): Promise<{ campaigns: Campaign[]; nextCursor: string | null }>;
  /** With its recipients; its calls stay. False: the tenant has none such that is over or was never started. */
  deleteCampaign(id: string, tenantId: string): Promise<boolean>;
  /**
   * Compare-and-set by the table of states, with the job of the campaign in the same statement. Null: the tenant has no such
   * campaign, or it is in a state from which `to` is not entered.
   */
  changeState(change: {
    id: string;
    tenantId: string;
    to: Exclude<CampaignState, 'draft' | 'completed'>;
    from: readonly CampaignState[];
    pause?: { reason: PauseReason; detail: string };
  }): Promise<Campaign | null>;
  /** Whom the campaign has already is left as they are; answers how many are new. A completed campaign goes on. */
  addRecipients(campaign: Pick<Campaign, 'id' | 'notBefore'>, added: readonly NewRecipient[]): Promise<number>;
  /** Leads with a phone number, by id. */
  findLeads(tenantId: string, query: LeadQuery, page: { after: string; limit: number }): Promise<Lead[]>;
  /** Of these numbers those that the tenant may not call. */
  listForbidden(tenantId: string, numbers: readonly string[]): Promise<Set<string>>;
  progress(id: string): Promise<CampaignProgress>;
  /** In their order. */
  listRecipients(
    id: string,
    page: { state?: RecipientState; after: number; limit: number },
  ): Promise<RecipientResult[]>;
  /** Seconds a call of this agent took lately, on average; null: there were none. */
  averageCallSeconds(tenantId: string, agent: string): Promise<number | null>;
};

/** What the job of a campaign needs. */
export type CampaignRunStore = {
  /** Marks it as looked at. Null: it is gone. */
  look(id: string): Promise<CampaignLook | null>;
  settle(id: string, settlements: readonly Settlement[]): Promise<void>;
  /** Who is due, the first first. */
  listDue(
    id: string,
    limit: number,
  ): Promise<Pick<Recipient, 'position' | 'phoneNumber' | 'leadId' | 'variables' | 'attempts'>[]>;
  /**
   * Writes the call, its job and the recipient's attempt in one statement. False, and nothing is written: the campaign does not
   * run any more, has `mostCalls`, or somebody else has this recipient.
   * @throws CallError `blocked`, when the number was called often enough
   */
  place(claim: Claim, call: NewCall, event: NewEvent): Promise<boolean>;
  /** Recipients that wait are not called before, or, with a reason, not at all. */
  putOff(
    id: string,
    recipients: readonly ({ position: number } & ({ until: Date } | { skipped: string }))[],
  ): Promise<void>;
  /** Nobody who waits is called any more. */
  giveUpWaiting(id: string, state: 'skipped' | 'canceled', reason: string): Promise<void>;
  pause(id: string, pause: { reason: PauseReason; detail: string }): Promise<void>;
  /** Every one that runs. Answers their ids. */
  pauseAll(pause: { reason: PauseReason; detail: string }): Promise<string[]>;
  /** `running` → `completed`, unless there is somebody to call. */
  complete(id: string): Promise<void>;
  /** `completed` → `running`: somebody was added meanwhile. */
  reopen(id: string): Promise<void>;
  /** When its job comes next; null: when it is woken. */
  lookAgain(id: string, at: Due | null): Promise<void>;
  /** Makes the jobs of campaigns whose job is late. */
  wakeForgotten(lateSeconds: number): Promise<void>;
};
