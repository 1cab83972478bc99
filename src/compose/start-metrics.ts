import { watchVitals } from '../telemetry/metrics/event-loop-lag.ts';
import { Metrics } from '../telemetry/metrics/metrics.ts';
import { version } from './version.ts';

const vitalsEveryMs = 5_000;

export type ProcessMetrics = { metrics: Metrics; close: () => Promise<void> };

/** The metrics of this process, with how it fares itself. */
export function startMetrics(process: 'serve' | 'worker' | 'up'): ProcessMetrics {
  const metrics = new Metrics({ version });
  const watch = watchVitals();
  let vitals = watch.take();
  const timer = setInterval(() => (vitals = watch.take()), vitalsEveryMs).unref();
  metrics.gauge('parley_event_loop_lag_seconds', () => [{ labels: { process }, value: vitals.lagSeconds }]);
  metrics.gauge('parley_process_resident_memory_bytes', () => [{ labels: { process }, value: vitals.residentBytes }]);
  return {
    metrics,
    close: async () => {
      clearInterval(timer);
      watch.close();
      await metrics.close();
    },
  };
}
