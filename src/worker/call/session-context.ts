import type { CallProcessDependencies } from '../dependencies.ts';
import type { SpeechCache } from '../sound/speech-cache.ts';
import type { Leases } from './leases.ts';
import type { Pace } from './pace.ts';

/** What the sessions of a process share. */
export type SessionContext = {
  deps: CallProcessDependencies;
  /** Name of the process among all that ever were. */
  owner: string;
  leases: Leases;
  cache: SpeechCache;
  /** Bounds how many rooms are joined at once: each peaks at some thirty native threads. */
  joinGate: <T>(task: () => Promise<T>) => Promise<T>;
  /** At which calls begin whose people do not wait in a room yet. */
  pace: Pace;
  /** Aborted when the end of a call is no longer to be repeated. */
  patience: AbortSignal;
};
