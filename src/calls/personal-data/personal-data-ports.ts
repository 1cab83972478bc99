import type { DoNotCallEntry } from '../do-not-call/do-not-call-ports.ts';
import type { Call } from '../call.ts';
import type { RecipientState } from '../campaigns/campaign.ts';
import type { Lead } from '../ports.ts';

/** Whose data: everything about a number or about a lead's email, with the number that the lead has. */
export type Person = { phoneNumber: string } | { email: string };

/** What was erased; calls that go on cannot be, and are named. */
export type Erased = { calls: number; leads: number; openCalls: string[] };

export type Held = {
  leads: Lead[];
  calls: Call[];
  doNotCall: DoNotCallEntry[];
  moreCalls: boolean;
  /** Campaigns that have the person on their list. */
  campaigns: HeldRecipient[];
};

export type HeldRecipient = {
  campaignId: string;
  name: string;
  phoneNumber: string | null;
  variables: Record<string, string>;
  state: RecipientState;
};

/** After so many days; null: never. */
export type Retention = {
  /** No recording is kept. */
  audioDays: number | null;
  /** Nothing of what was said is kept: recordings, turns, events' data, messages, playbooks and variables. */
  wordsDays: number | null;
  /** Nothing of the call is kept at all. */
  callsDays: number | null;
  /** Since a lead was last changed, and since its last call ended. */
  leadsDays: number | null;
};

/** `recordingsDeleted`: by themselves, while the words stay. */
export type RetentionCounts = {
  recordingsDeleted: number;
  wordsErased: number;
  callsDeleted: number;
  leadsDeleted: number;
};

export type RetentionRun = RetentionCounts & { at: Date };

export type PersonalDataStore = {
  /** Numbers on the do-not-call list stay forbidden, by their hash; that a number was called goes on counting, likewise. */
  erase(tenantId: string, person: Person): Promise<Erased>;
  /** At most `limit` calls, newest first. */
  held(tenantId: string, person: Person, limit: number): Promise<Held>;
  retention(tenantId: string): Promise<Retention>;
  setRetention(tenantId: string, retention: Retention): Promise<void>;
  /** The last of each tenant that deleted something, newest first. */
  retentionRuns(tenantId: string, limit: number): Promise<RetentionRun[]>;
  /** Deletes at most `limit` calls and leads of each kind that are past their time; answers what was deleted, per tenant. */
  deleteDue(limit: number): Promise<({ tenantId: string } & RetentionCounts)[]>;
};
