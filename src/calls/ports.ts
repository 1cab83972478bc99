/**
 * What the use cases need from the outside, as types. `src/store` and `src/livekit` implement them; tests use the real ones.
 */
import type { BrowserBounds } from './keys/browser-bounds.ts';
import type { PipelineDefinition, WantedPipeline } from '../../pipelines/index.ts';
import type { Agent } from '../agent-files/agent.ts';
import type { Call, CallEvent, CallEventType, CallLimits, CostLine, Direction, Turn } from './call.ts';
import type { CallState, HungUpBy, Outcome } from './call-state.ts';
import type { CampaignState } from './campaigns/campaign.ts';
import type { ChangeId } from './change-id.ts';
import type { SupervisorMode } from './supervise/supervisor.ts';
import type { TransferMode } from './control/transfer-mode.ts';
import type { EndReason } from './end/end-reason.ts';

export type NewCall = {
  id: string;
  tenantId: string;
  direction: Direction;
  state: Extract<CallState, 'scheduled' | 'queued' | 'in_progress'>;
  agent: string;
  pipeline: string;
  pipelineOverrides?: Record<string, unknown>;
  phoneNumber?: string | null;
  fromNumber?: string | null;
  trunkId?: string | null;
  /** The browser key that asked for it. */
  keyId?: string | null;
  room?: string | null;
  leadId?: string | null;
  playbook?: string | null;
  variables?: Record<string, string>;
  metadata?: Record<string, unknown>;
  limits?: CallLimits;
  /** Everything else of the request that the dispatcher needs later: schedule, retry, voicemail, webhook, resume_url. */
  plan?: Record<string, unknown>;
  /** Not dialled before; its dispatch job starts then. */
  notBefore?: Date | null;
  /** When its dispatch job starts, where that is neither at once nor `notBefore`. */
  dispatchAt?: Due;
  answeredAt?: Date | null;
  /** Where the events of this call go besides the tenant's own endpoints. */
  webhooks?: CallWebhook[];
  /** Limits that are counted in the statement that writes the call, so that nobody counts beside it. */
  counted?: { attemptsPerNumberPerDay: number } | { maxTenantCalls: number; maxKeyCalls?: number | undefined };
  /** Who asked for it, when the audit log is to say so. */
  audit?: Omit<AuditEntry, 'tenantId' | 'target'>;
};

/** An `Idempotency-Key` and the answer that is given again under it. `id` is `<api key id>:<Idempotency-Key>`. */
export type AcceptedKey = {
  id: string;
  /** Covers method, path and body. */
  requestHash: string;
  response: StoredResponse;
};

/** An address that one dispatch request named. `resume` is a workflow's wait step: it gets the bare final report. */
export type CallWebhook = { kind: 'events' | 'resume'; url: string; events: CallEventType[] };

/** An HTTP answer, kept to be given again. */
export type StoredResponse = { status: number; body: unknown };

export type NewEvent = {
  type: CallEventType;
  data?: Record<string, unknown>;
  /** When it happened; default: when it is written. */
  at?: Date;
};

/** The columns a transition may set besides `state`. */
export type CallPatch = {
  outcome?: Outcome;
  endReason?: EndReason;
  hungUpBy?: HungUpBy;
  /** Default: the moment of `dialing`. */
  dialedAt?: Date;
  /** Default: the moment of `in_progress`. */
  answeredAt?: Date;
  /** Default: the moment of `ended`. */
  endedAt?: Date;
  attempt?: number;
  report?: Record<string, unknown>;
  fromNumber?: string;
  phoneNumber?: string;
};

export type CallQuery = {
  tenantId: string;
  states?: CallState[];
  agent?: string;
  phoneNumber?: string;
  leadId?: string;
  outcome?: Outcome;
  endReason?: EndReason;
  direction?: Direction;
  trunkId?: string;
  /** Words that were said, by either side: all of them, each as it begins; what is in quotes together. */
  said?: string;
  /** Calls whose metadata has all of this. */
  metadata?: Record<string, unknown>;
  createdAfter?: Date;
  createdBefore?: Date;
  /** Opaque, from the page before. */
  cursor?: string;
  /** 1–200. */
  limit: number;
};

/** An instant; or so long from now, by the clock of the database, which is the one that judges it. */
export type Due = Date | { inSeconds: number };

/** A change of state, with what belongs in the same transaction. */
export type CallChange = {
  callId: string;
  to: CallState;
  /** Narrows the states it may come from; the transition table is the widest. */
  from?: CallState[];
  patch?: CallPatch;
  event: NewEvent;
  /** The epoch of the lease under which it is made; once there is a newer one the change is refused. */
  epoch?: number;
  /**
   * By whoever does not have the call: only while nobody does, and nobody has had it since this was seen of it. Who was away in
   * between may have dialled, and be away again.
   */
  unheldSince?: SeenLease;
  /** Default: a new one. */
  change?: ChangeId;
  /** With `scheduled` or `queued`: when the dispatch job runs. Without it no job is made. */
  dispatchAt?: Due;
  /** With `scheduled`: no phone was rung, so there was no attempt. */
  attemptUnmade?: boolean;
  /** How the attempt under way came out, when the call goes on to another; with `ended` the call's own outcome is the default. */
  attemptEnded?: { outcome?: Outcome; endReason?: EndReason; sipStatus?: number };
};

/** A call with what only the dispatcher and the sweeper look at. */
export type DispatchRecord = Call & {
  plan: Record<string, unknown>;
  /** State of the campaign that placed it; null: none did. */
  campaign: CampaignState | null;
  notBefore: Date | null;
  stateSince: Date;
  leaseOwner: string | null;
  leaseEpoch: number;
  /** Not to be compared with a clock of this process: `lease` says what the database makes of it. */
  leaseUntil: Date | null;
  /** By the database's clock. `free`: nobody ever had it, or it was given back. */
  lease: 'free' | 'held' | 'lapsed';
  /** Since the lease ran out; 0 where it has not. By the database's clock. */
  lapsedSeconds: number;
  /** Since it came into its state. By the database's clock. */
  stateSeconds: number;
  /** Until `notBefore`; 0 without one, and where it has passed. By the database's clock. */
  dueInSeconds: number;
};

/** What was chosen for a call after its row was written; the variables are added to those it has. */
export type ChosenSince = Partial<Pick<Call, 'agent' | 'pipeline' | 'pipelineOverrides' | 'variables'>>;

/** What was seen of the lease of a call that nobody held. */
export type SeenLease = Pick<DispatchRecord, 'leaseEpoch' | 'leaseUntil'>;

/** Who may act for a call: the session that took its lease under this epoch, until somebody takes it under the next. */
export type Lease = { callId: string; epoch: number };

/** `talkedSeconds`: since the call was answered, where it was, by the database's clock. */
export type TakenCall = { call: Call; epoch: number; talkedSeconds: number };

/** One time a phone was dialled. */
export type CallAttempt = {
  attempt: number;
  dialedAt: Date;
  answeredAt: Date | null;
  endedAt: Date | null;
  outcome: Outcome | null;
  endReason: EndReason | null;
  sipStatus: number | null;
};

export type CallStore = {
  /**
   * Inserts the row, its first event, its own webhook endpoints, its line of the audit log and (for `queued` and `scheduled`) its
   * dispatch job in one transaction. A call whose id is there already is answered as it stands, and nothing is added.
   * @throws CallError `blocked` or `capacity_full`, when a limit of `counted` is used up
   */
  insertCall(call: NewCall, event: NewEvent): Promise<Call>;
  /**
   * As `insertCall`, with the key in the same transaction. Null: another request has the key, and nothing was written; who asks
   * while that request is under way waits for it.
   */
  insertCallOnce(call: NewCall, event: NewEvent, key: AcceptedKey): Promise<Call | null>;
  /** With a tenant, a call of another tenant is as absent as one that never was. */
  findCall(id: string, tenantId?: string): Promise<Call | null>;
  listCalls(query: CallQuery): Promise<{ calls: Call[]; nextCursor: string | null }>;
  /**
   * Compare-and-set by the transition table. Null: the call was not in a state from which `to` is allowed, or somebody else has
   * it; nothing changed. Entering `scheduled`, `queued` or `ended` gives the lease back, and with it the epoch.
   * @throws UnwritableError
   */
  transition(change: CallChange): Promise<Call | null>;
  /**
   * Events, turns, cost lines and report of a running or ended call, in one transaction; a turn index given again replaces the
   * turn, the first `answeredAt` stays, and the report is merged field by field. Of a session that has lost an ended call only
   * what was said and what it cost is added: its last event is `call.ended`.
   * @throws CallError `call_not_found`
   * @throws UnwritableError
   */
  record(
    callId: string,
    batch: {
      events?: NewEvent[];
      turns?: Turn[];
      costs?: CostLine[];
      answeredAt?: Date;
      report?: Record<string, unknown>;
      chosen?: ChosenSince;
      /** Nothing is written to a call whose words or personal data were erased: it counts as unknown then. */
      unlessErased?: boolean;
    },
    /** Default: a new change, by nobody in particular. */
    by?: { change?: ChangeId; epoch?: number },
  ): Promise<void>;
  listEvents(callId: string, afterSequence?: number): Promise<CallEvent[]>;
  listTurns(callId: string): Promise<Turn[]>;
  listCosts(callId: string): Promise<CostLine[]>;
  listAttempts(callId: string): Promise<CallAttempt[]>;
  /** Of these ids those of calls that ended longer than that ago. */
  listEnded(callIds: readonly string[], endedForSeconds: number): Promise<string[]>;
  /** The call with its plan, for the dispatcher. */
  findForDispatch(id: string): Promise<DispatchRecord | null>;
  /**
   * Gives a dispatched or live call to `owner`, who never had it before, under the next epoch. Null: it is over, is not the
   * tenant's, or somebody holds it. All by the database's clock.
   */
  takeLease(request: {
    callId: string;
    tenantId?: string | undefined;
    owner: string;
    seconds: number;
  }): Promise<TakenCall | null>;
  /**
   * One statement for all calls of a process. Answers the ids of those that are still held under their epoch, also where a
   * lease had run out and nobody took it; a missing one was lost. 0 seconds give them up.
   */
  renewLeases(leases: readonly Lease[], seconds: number): Promise<string[]>;
  /** Gives up all leases of the sessions of a process that is known to be dead: those of owners `<process>/…`. */
  releaseProcess(process: string): Promise<void>;
  /**
   * Removes what could identify a person from an ended call: numbers, transcript, variables, metadata, playbook, the data
   * of its events and the report's texts. States, times, outcome, costs and latencies stay. Idempotent.
   * Null: no such call of the tenant, or it has not ended.
   */
  eraseCall(id: string, tenantId: string): Promise<Call | null>;
};

export type TenantStore = {
  /** Adds the tenant unless it is there. Rows of a tenant that was never added are refused by the database. */
  ensureTenant(tenant: { id: string; name: string }): Promise<void>;
  /** False: there is one with this id. */
  addTenant(tenant: { id: string; name: string }): Promise<boolean>;
  listTenants(): Promise<{ id: string; name: string; createdAt: Date }[]>;
};

/** What a key may do. `admin` manages keys, trunks and webhooks. */
export const keyScopes = [
  'calls:read',
  'calls:write',
  'web-calls:write',
  'leads:read',
  'leads:write',
  'admin',
] as const;
export type KeyScope = (typeof keyScopes)[number];

/** An API key as it is kept: never the key itself. */
export type ApiKey = {
  /** `key_` + ULID. */
  id: string;
  tenantId: string;
  name: string;
  /** Its first characters, so that a person recognises it. */
  prefix: string;
  /** Lowercase hex SHA-256 of the key; unique. */
  hash: string;
  scopes: KeyScope[];
  createdAt: Date;
  /** To the minute. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  expiresAt: Date | null;
  /** Sessions of the console that began before this are over. */
  sessionsFrom?: Date | null;
  /** Of a key that is in a web page. */
  browser: BrowserBounds | null;
};

export type KeyStore = {
  insertKey(
    key: Omit<ApiKey, 'createdAt' | 'lastUsedAt' | 'revokedAt' | 'expiresAt' | 'browser'> &
      Partial<Pick<ApiKey, 'expiresAt' | 'browser'>>,
  ): Promise<ApiKey>;
  /**
   * Revoked ones too, as of at most a second ago; what this process revoked it knows at once. Notes to the minute that the
   * key was used.
   */
  findKeyByHash(hash: string): Promise<ApiKey | null>;
  /** Of any tenant, revoked ones too. */
  findKey(id: string): Promise<ApiKey | null>;
  listKeys(tenantId: string): Promise<ApiKey[]>;
  /** Idempotent. Null: the tenant has no such key. */
  revokeKey(id: string, tenantId: string): Promise<ApiKey | null>;
  /** Ends the sessions of the console that began with this key before the moment. */
  endSessions(id: string, before: Date): Promise<void>;
};

/** A person or company that may be called; unique per tenant and email (lowercase). */
export type Lead = {
  /** `lead_` + ULID. */
  id: string;
  tenantId: string;
  email: string;
  name: string | null;
  /** E.164. */
  phoneNumber: string | null;
  company: string | null;
  data: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
};

/** Absent fields keep what is stored; null empties them; `data` is merged key by key. */
export type LeadUpsert = { email: string } & {
  [Field in 'name' | 'phoneNumber' | 'company']?: string | null;
} & { data?: Record<string, unknown> };

export type LeadStore = {
  /** In one transaction; the answer is in the order of the input. */
  upsertLeads(tenantId: string, leads: LeadUpsert[]): Promise<{ lead: Lead; created: boolean }[]>;
  findLead(id: string, tenantId: string): Promise<Lead | null>;
  /** Its calls stay, without it. False: the tenant has no such lead. */
  deleteLead(id: string, tenantId: string): Promise<boolean>;
  /** Newest first. `cursor` is opaque, from the page before. */
  listLeads(query: {
    tenantId: string;
    email?: string;
    cursor?: string;
    limit: number;
  }): Promise<{ leads: Lead[]; nextCursor: string | null }>;
};

/** What a caller asked an agent to pass on. */
export type CallMessage = {
  id: string;
  callId: string;
  tenantId: string;
  callerName: string | null;
  /** As the caller said it. */
  phoneNumber: string | null;
  text: string;
  createdAt: Date;
};

export type MessageStore = {
  /** `id` is `msg_` + ULID; given twice, the first stays. */
  insertMessage(message: Omit<CallMessage, 'createdAt'>): Promise<void>;
  listMessages(callId: string): Promise<CallMessage[]>;
};

/** Who changed what through the API, kept for the operator. */
export type AuditEntry = {
  tenantId: string;
  keyId: string;
  /** Method and route, such as `DELETE /api/calls/{id}`. */
  action: string;
  /** Id of what was changed. */
  target: string | null;
  requestId: string;
  status: number;
};

export type AuditLog = { record(entry: AuditEntry): Promise<void> };

/** The agent files as they are now. */
export type AgentDirectory = {
  get(name: string): Agent | undefined;
  list(): readonly Agent[];
};

/** The pipelines calls may ask for, with the operator's settings. */
export type PipelineDirectory = {
  /** In the order in which `auto` tries them. */
  presets: readonly { name: string; title: string }[];
  /** For calls in this language, where it is known. @throws ProviderError `not_configured`, naming each missing setting */
  resolve(wanted: WantedPipeline, language?: string): PipelineDefinition;
  /** @throws ProviderError `not_configured`, naming each option that a provider does not take */
  checkOptions(definition: PipelineDefinition): Promise<void>;
};

/** Live fan-out of call events to whoever follows them, from any process. */
export type CallEventBus = {
  /** `listener` is told that the call has news, not what: read it with `listEvents`. Returns the unsubscribe function. */
  onNews(callId: string, listener: () => void): () => void;
};

export type WorkerState = 'starting' | 'ready' | 'draining';

/** The workers, as they report themselves. */
export type WorkerStore = {
  /** `embedded`: it has the models of the pipeline `embedded`. */
  beat(worker: { id: string; state: WorkerState; embedded: boolean }): Promise<void>;
  leave(id: string): Promise<void>;
  /** Whether one takes calls, or will. */
  isAnyThere(): Promise<boolean>;
  /** Whether one of those has the embedded models. Undefined: none is there that says. */
  hasEmbedded(): Promise<boolean | undefined>;
};

export type RoomParticipant = {
  identity: string;
  kind: 'standard' | 'sip' | 'agent' | 'other';
  attributes: Record<string, string>;
};

/** Rooms and dispatches of livekit-server. */
export type Rooms = {
  /** Idempotent. It closes by itself when nobody has come for so long. */
  openRoom(room: string, emptySeconds: number): Promise<void>;
  /** Creates the room (idempotent) and asks for one of our workers to join it with this metadata. */
  dispatchAgent(request: { room: string; metadata: JobMetadata; emptyTimeoutSeconds?: number }): Promise<void>;
  /** A token with which a browser may join, publish its microphone and subscribe. */
  callerToken(request: { room: string; identity: string; name?: string; ttlSeconds: number }): Promise<string>;
  /** A token with which a supervisor may join. */
  supervisorToken(request: {
    room: string;
    identity: string;
    mode: SupervisorMode;
    ttlSeconds: number;
  }): Promise<string>;
  deleteRoom(room: string): Promise<void>;
  participants(room: string): Promise<RoomParticipant[]>;
  /** Every room that is open, and when it was opened. */
  list(): Promise<{ name: string; createdAt: Date }[]>;
  removeParticipant(room: string, identity: string): Promise<void>;
  /** Sends a control message to the session that runs the call (topic `parley.control`). */
  sendControl(room: string, message: ControlMessage): Promise<void>;
};

/** A caller who came in by phone, and with whom there is nobody. `metadata` is that of the dispatch rule. */
export type WaitingPhone = {
  room: string;
  createdAt: Date;
  metadata: JobMetadata;
  attributes: Readonly<Record<string, string>>;
};

export type WaitingPhones = () => Promise<WaitingPhone[]>;

/** What travels with an agent dispatch, as JSON. Inbound rules carry no call id: the worker creates the row. */
export type JobMetadata = {
  callId?: string;
  tenantId?: string;
  agent?: string;
  pipeline?: string;
  /** Set when a new session takes over a call whose process died. */
  resume?: boolean;
  /** W3C trace context in which the trace of the call goes on. */
  traceparent?: string;
};

/** Commands for a running session, JSON on the data topic `parley.control`, sent by the server SDK (no sender identity). */
export type ControlMessage =
  | { type: 'hang_up'; by: 'operator' }
  | { type: 'say'; text: string; interrupt: boolean }
  | { type: 'whisper'; text: string; speak: boolean }
  | { type: 'dtmf'; digits: string }
  | { type: 'tool_answered'; runId: string }
  | { type: 'transfer'; to: string; mode: TransferMode; briefing?: string | undefined };
