import type { ProviderFailure } from '../../../pipelines/index.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallLog } from './call-log.ts';
import type { LiveEvents } from './live-events.ts';

/** Makes the failure of a provider known: to the operator, in the call's record, and to the page that looks on. */
export function tellFailure(
  { role, provider, error, next, midStream }: ProviderFailure,
  { record, live, log }: { record: CallLog; live: LiveEvents | undefined; log: Log },
): void {
  const shown = { role, provider, next: next ?? null };
  const data = { ...shown, code: error.code, message: error.message, mid_stream: midStream };
  log('warn', 'a provider failed', { role, provider, error, next });
  record.add({ events: [{ type: 'provider.failed', data }] });
  live?.publish('provider.failed', shown);
}
