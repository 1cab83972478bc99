import { initializeLogger, log } from '@livekit/agents';

/** What the SDK's classes log to; they throw where it was never set up, as in a process that runs no calls. */
export function ensureSdkLogger(): void {
  try {
    log();
  } catch {
    initializeLogger({ pretty: false, level: 'silent' });
  }
}
