import type { CircuitState, ProviderName } from '../../../pipelines/index.ts';
import type { Vitals } from '../../telemetry/metrics/event-loop-lag.ts';
import type { Measurement } from '../../telemetry/metrics/measurement-relay.ts';
import type { CallJob } from '../call/session.ts';

/** What one process of a host learned about a provider, for all of them. */
export type ProviderNews = { type: 'provider'; provider: ProviderName; circuit: CircuitState };

/** What the host tells a call process. */
export type ToCallProcess =
  /** First of all: whatever its `compose` needs, and its name among all processes that ever were. */
  | { type: 'configure'; config: unknown; owner: string }
  | { type: 'start'; job: CallJob }
  /** LiveKit takes the job back, which is no hang-up. */
  | { type: 'terminate'; jobId: string }
  /** The drain has lasted long enough: every call hears a goodbye. */
  | { type: 'farewell' }
  /** End what runs, write it down and exit. */
  | { type: 'close' }
  | ProviderNews
  | { type: 'ping' };

/** What a call process tells the host. */
export type FromCallProcess =
  | { type: 'ready' }
  | { type: 'opened'; jobId: string; callId: string; agent: string }
  /** The room is left: there is capacity for another call. */
  | { type: 'over'; jobId: string; reason: string | null }
  /** Its end is in the database. */
  | { type: 'written'; jobId: string }
  /** Something went wrong that may have hurt more than one call: no new ones, please. */
  | { type: 'retiring' }
  | ProviderNews
  /** What was counted and measured since the last of these. */
  | { type: 'measured'; measurements: Measurement[] }
  | { type: 'pong'; vitals: Vitals };
