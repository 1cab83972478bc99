import type { Address } from '../calls/webhooks/webhook-target.ts';
import type { Config, SettingsReading } from '../config.ts';
import type { LivekitConnection } from '../livekit/connection.ts';
import type { SettingName } from '../settings.ts';
import type { Database } from '../store/connection/database.ts';
import type { Finding } from './finding.ts';

/** One check: a file of `checks/`. */
export type Check = {
  /** What it looks at, for `docs/doctor.md`. */
  about: string;
  /** It is skipped while one of these settings is wrong. */
  reads?: readonly SettingName[];
  /** Other checks it waits for; it is skipped when one of them failed or was skipped. */
  needs?: readonly string[];
  /** Longest time it may take; 10 unless given. */
  limitSeconds?: number;
  /** Loads what is large, before the time of any check begins: that takes the thread for seconds. */
  prepare?(): Promise<unknown>;
  /** Changes nothing anywhere. What it throws is shown as a failure of the check itself. */
  run(context: DoctorContext, signal: AbortSignal): Promise<Finding | Finding[]>;
};

/** What checks may look at. `src/compose/compose-doctor.ts` builds it. */
export type DoctorContext = {
  config: Config;
  reading: Omit<SettingsReading, 'config'>;
  /** The `parley up` that runs from this data folder: its process and those of the servers it started. */
  up: { pid: number; children: number[] } | undefined;
  /** Of the settings, else of the running `up`. */
  databaseUrl: string | undefined;
  /** At `databaseUrl`; connects when it is first asked. */
  database: () => Database;
  /** Resolves when the Redis at this address answers. @throws what it or the connection says */
  pingRedis: (url: string, signal: AbortSignal) => Promise<void>;
  /** Of the settings, else of the running `up`. */
  livekit: LivekitConnection | undefined;
  /** Where `serve` of these settings answers on this machine, without a slash at its end. */
  apiUrl: string;
  apiKey: string | undefined;
  /** All addresses of a host name, by the name service of this machine. */
  lookup: (host: string) => Promise<Address[]>;
  /** PEM of authorities to trust instead of those Node brings. */
  trusted?: string[];
  machine: { nodeVersion: string; inContainer: boolean };
};
