/** What the dispatcher, its rules and its sweeper need from the database. `src/store` implements it. */
import type { AcceptedKey, DispatchRecord, Due, NewEvent } from '../ports.ts';

/** Keys are kept for 24 hours. `insertCallOnce` writes one with its call. */
export type IdempotencyStore = {
  /** Marks a key as worked on by this process, until what it returns is called. Null: it is being worked on. */
  hold(id: string): (() => void) | null;
  /** `id` is `<api key id>:<Idempotency-Key>`. Null: no request was accepted under it. */
  find(id: string): Promise<Omit<AcceptedKey, 'id'> | null>;
  deleteExpired(): Promise<void>;
};

/** What the rules of admission ask about, as of one moment. */
export type AdmissionFigures = {
  /** Dispatched and live calls. */
  tenantCalls: number;
  trunkCalls: number;
  /** Of the trunk's calls those that are being prepared: dispatched, not dialled yet. */
  trunkPreparing: number;
  /** Calls of the tenant that wait in line. */
  tenantQueued: number;
  /** Times the number was dialled in the last 24 hours, and calls that are about to; erasing a call changes nothing about it. */
  attemptsToNumber: number;
  /** Cost of the calls that ran or ended in the last 24 hours, exact decimal text; as of at most a second ago. */
  spentUsd: string;
  /** What the carrier may take for the calls that run, at most, exact decimal text. */
  reservedUsd: string;
  doNotCall: boolean;
};

export type Admission = { is: 'admitted' | 'gone' } | { is: 'full'; of: 'tenant' | 'trunk' };

/** One dialling of a phone, with its carrier's rate. */
export type Dial = {
  callId: string;
  attempt: number;
  /** `callee`, or `transfer_` + ULID. */
  leg: string;
  tenantId: string;
  trunkId: string;
  /** E.164. */
  phoneNumber: string;
  destination: string;
  /** Exact decimal text, USD. */
  usdPerMinute: string;
  usdPerCall: string;
  incrementSeconds: number;
  /** For the longest call there may be. */
  reservedUsd: string;
};

/** What `permit` found when it counted alone. */
export type DialPermit = 'permitted' | 'do_not_call' | 'attempts_per_number' | 'spend_per_day';

export type AdmissionStore = {
  /** `callId`: the call that is asked about, which does not stand in its own way. */
  figures(request: {
    tenantId: string;
    trunkId: string;
    phoneNumber: string;
    callId?: string;
  }): Promise<AdmissionFigures>;
  /**
   * `queued` → `dispatching` while tenant and trunk have room and the spend of the day has for its longest length, which is held
   * back from then on; nobody else counts at the same time, so a limit is never exceeded. `gone`: the call is no longer queued.
   */
  admit(request: {
    dial: Dial;
    maxTenantCalls: number;
    maxTrunkCalls: number;
    spendPerDayUsd: number;
    event: NewEvent;
  }): Promise<Admission>;
  /**
   * Asks for the last time, right before the phone is dialled, with nobody counting beside it; when it is permitted it counts as
   * dialled. Harmless when repeated.
   */
  permit(request: { dial: Dial; attemptsPerNumberPerDay: number; spendPerDayUsd: number }): Promise<DialPermit>;
  /** When somebody who was called into a call answered, and when they left; their minutes are priced with the call. */
  noteLeg(leg: { callId: string; leg: string }, what: 'answered' | 'over'): Promise<void>;
  /** Gives a browser call its place now that somebody has joined. False: it came late, and every place is taken. */
  joinWebCall(callId: string, maxTenantCalls: number): Promise<boolean>;
  /** The tenant's queued calls whose time has come, in the order in which they go. */
  listQueued(tenantId: string, limit: number): Promise<DispatchRecord[]>;
  /** How many calls of its tenant go before it. Null: it is not queued. */
  queuePosition(callId: string): Promise<number | null>;
  /** Takes the trunk's next place and tells in how many seconds it is: `callsPerSecond` places per second, shared by all replicas. */
  reserveDial(trunkId: string, callsPerSecond: number): Promise<number>;
  /**
   * Calls that nobody looks after: dispatched, but no worker took them within `takeUpSeconds`; live, and their lease has run out
   * on a PostgreSQL that has been up for `leaseSeconds`; waiting past their time without a job.
   */
  listAbandoned(request: { takeUpSeconds: number; leaseSeconds: number; limit: number }): Promise<DispatchRecord[]>;
};

/** Jobs for the dispatcher. Those that belong to a change of a call are made by the change itself. */
export type JobQueue = {
  /**
   * With a key, a job that waits under the same key is replaced; `earlierWins`: unless that one is due sooner, whose time is
   * kept then.
   */
  enqueue(job: {
    task: string;
    payload: Record<string, unknown>;
    /** @default at once */
    runAt?: Due;
    key?: string;
    earlierWins?: boolean;
  }): Promise<void>;
  /**
   * Frees the jobs of processes that died: those that somebody took longer ago than any job lasts. Deliveries of webhooks and
   * questions to models, which wait for strangers, are given `longestDeliverySeconds` and `longestAnalysisSeconds`.
   */
  releaseStale(seconds: number): Promise<void>;
};

/** What an operator set for a trunk of LiveKit. Null takes the setting of the environment. */
export type TrunkSettings = {
  tenantId: string;
  /** `ST_…` */
  trunkId: string;
  direction: 'outbound' | 'inbound';
  /** Shown to the person called, E.164. */
  fromNumber: string | null;
  /** For an inbound trunk: the agent that answers. */
  agent: string | null;
  /** ISO 3166 codes. */
  allowedCountries: string[] | null;
  maxCalls: number | null;
  callsPerSecond: number | null;
};

export type TrunkSettingsStore = {
  save(settings: TrunkSettings): Promise<void>;
  list(tenantId: string): Promise<TrunkSettings[]>;
  /** As `list`, as of at most a second ago: what this process changed it knows at once. */
  listRecent(tenantId: string): Promise<TrunkSettings[]>;
  /** Ids of the trunks that have settings of any tenant. */
  listClaimed(): Promise<string[]>;
  /** False: there was none. */
  remove(tenantId: string, trunkId: string): Promise<boolean>;
};

/** Runs the work unless another replica has this shift. False: another one has. */
export type WorkAlone = (work: () => Promise<void>) => Promise<boolean>;
