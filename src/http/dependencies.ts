import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { AgentFiles } from '../agent-files/agent-files.ts';
import type { AgentChats } from '../calls/agents/agent-chats.ts';
import type { AgentVersionStore } from '../calls/agents/agent-versions.ts';
import type { Call, CallEvent, Turn } from '../calls/call.ts';
import type { TransferCheck } from '../calls/control/check-transfer-target.ts';
import type {
  AdmissionStore,
  IdempotencyStore,
  JobQueue,
  TrunkSettingsStore,
} from '../calls/admission/dispatch-ports.ts';
import type { CampaignStore } from '../calls/campaigns/campaign-ports.ts';
import type { DoNotCallStore } from '../calls/do-not-call/do-not-call-ports.ts';
import type { OperatorRules } from '../calls/admission/operator-rules.ts';
import type {
  AgentDirectory,
  ApiKey,
  AuditLog,
  CallEventBus,
  CallStore,
  KeyStore,
  LeadStore,
  MessageStore,
  PipelineDirectory,
  Rooms,
  TenantStore,
} from '../calls/ports.ts';
import type { OverviewStore } from '../calls/overview/overview.ts';
import type { PersonalDataStore } from '../calls/personal-data/personal-data-ports.ts';
import type { ToolRunStore } from '../calls/tools/tool-runs.ts';
import type { RecordingFiles, RecordingStore } from '../calls/recordings/recording-ports.ts';
import type { SipTrunks } from '../calls/trunks/trunk-ports.ts';
import type { DeliveryStore, WebhookStore } from '../calls/webhooks/webhook-ports.ts';
import type { OpenId } from './door/open-id.ts';
import type { Sessions } from './door/sessions.ts';

/** Whether something Parley needs can be reached; `message` says what to do when it is down. */
export type DependencyHealth = { status: 'up' | 'down'; message?: string };

/** What the doctor found, check by check. */
export type Examination = {
  check: string;
  durationMs: number;
  findings: { status: 'ok' | 'skipped' | 'warning' | 'failed'; message: string; cure?: string | undefined }[];
}[];

/** Everything the API needs. `compose.ts` builds it once. */
export type HttpDependencies = {
  calls: CallStore;
  keys: KeyStore;
  /** Of the console. */
  sessions: Sessions;
  /** Where people sign in to it, beside keys; `secret` seals what their browser has to bring back. */
  signIn?: { openId: OpenId; secret: string };
  overview: OverviewStore;
  tenants: TenantStore;
  leads: LeadStore;
  doNotCall: DoNotCallStore;
  personalData: PersonalDataStore;
  messages: MessageStore;
  toolRuns: ToolRunStore;
  recordings: Pick<RecordingStore, 'list'>;
  recordingFiles: RecordingFiles;
  audit: AuditLog;
  campaigns: CampaignStore;
  events: CallEventBus;
  rooms: Rooms;
  agents: AgentDirectory;
  /** A file of scenarios that repeats a call. */
  scenarioOf: (kept: { call: Call; turns: readonly Turn[]; events: readonly CallEvent[] }) => string;
  agentFiles: AgentFiles;
  agentVersions: AgentVersionStore;
  agentChats: AgentChats;
  /** Everything that `parley doctor` looks at, as it is now. Asked twice at once, both get the same answer. */
  examine: () => Promise<Examination>;
  pipelines: PipelineDirectory;
  admission: Pick<AdmissionStore, 'figures'>;
  idempotency: IdempotencyStore;
  jobs: Pick<JobQueue, 'enqueue'>;
  trunks: TrunkSettingsStore;
  sipTrunks: SipTrunks;
  /** Trunks that no tenant claimed are this one's. */
  operatorTenantId: string;
  /** What this process was started with. */
  settings: { startedAt: Date; fingerprints: (salt: string) => { settings: Record<string, string>; secrets: string } };
  webhooks: WebhookStore;
  deliveries: DeliveryStore;
  /** Refuses an address that nothing is sent to, with `CallError` `invalid_request`; `resolve` asks the name service too. */
  checkWebhookUrl: (request: { url: string; field: string; resolve: boolean }) => Promise<void>;
  /** Refuses a carrier in the operator's own network, with `CallError` `invalid_request`. */
  checkCarrierAddress: (address: string) => Promise<void>;
  /** What the operator's settings allow. */
  rules: OperatorRules;
  /** Refuses a number that a call must not be handed to, with `CallError` `blocked` or `invalid_number`. */
  checkTransferTarget: (transfer: TransferCheck) => Promise<unknown>;
  /** By name (`postgres`, `livekit`, `redis`); answers at once from checks made in the background. */
  health: () => Record<string, DependencyHealth>;
  metrics: {
    /** Everything in the text format of Prometheus. */
    text: () => Promise<string>;
    /** Who sends it may read them; without one, private addresses that ask directly. */
    token?: string;
  };
  /** Is told what is being answered, so that a blocked event loop can be told with its cause. */
  loop: { begin(name: string): () => void };
  /** Aborted when this process is to stop: `/ready` says so and event streams end. */
  draining: AbortSignal;
  /** Requests per key within a window; in Redis when given, so that replicas share it. */
  rateLimit: { requests: number; windowSeconds: number; redis?: Redis };
  version: string;
  /** Address under which others reach the API; else that of the request. */
  publicUrl?: string;
  /** LiveKit's address for browsers; else the address of the API, which proxies it. */
  livekitPublicUrl?: string;
  /** Folder of the page at `/`, absolute. */
  pageFolder: string;
  logger: Logger;
};

/** What middleware leaves for handlers. */
export type ApiEnv = {
  Variables: {
    requestId: string;
    logger: Logger;
    /** The key of the request; on every route under `/api`. */
    key: ApiKey;
    /** What a change is called in the audit log; taken away by who wrote it there with the change itself. */
    audit?: { keyId: string; action: string; requestId: string } | undefined;
    /** Id of what a request created, where its path does not name it; for the audit log. */
    auditTarget?: string;
  };
};
