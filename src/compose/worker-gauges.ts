import type { DependencyState } from '../telemetry/dependency-health.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import type { WorkerHost } from '../worker/host/host.ts';
import { dependencyReadings } from './serve-gauges.ts';

/** What is true of a worker at the moment of the scrape. What a call process said last counts as long as it lives. */
export function workerGauges(
  host: WorkerHost,
  { metrics, dependencies }: { metrics: Metrics; dependencies: () => Record<string, DependencyState> },
): { close(): void } {
  const one = (value: number) => [{ labels: {}, value }];
  const labels = { process: 'call' };
  const seenAgents = new Set<string>();
  const ends = [
    metrics.gauge('parley_worker_capacity_calls', () => one(host.capacity())),
    metrics.gauge('parley_worker_reserved_calls', () => one(host.reserved())),
    metrics.gauge('parley_worker_draining', () => one(Number(host.draining))),
    metrics.gauge('parley_worker_connected', () => one(Number(host.connected))),
    metrics.gauge('parley_worker_call_processes', () => one(host.readyProcesses())),
    metrics.gauge('parley_calls_active', () => {
      const agents = host.activeAgents();
      // An agent whose last call is over is told as 0, which is not the same as nothing.
      for (const agent of agents) seenAgents.add(agent);
      return [...seenAgents].map((agent) => ({
        labels: { agent },
        value: agents.filter((name) => name === agent).length,
      }));
    }),
    metrics.gauge('parley_provider_up', () =>
      Object.entries(host.providers()).map(([provider, { state }]) => ({
        labels: { provider },
        value: state === 'open' ? 0 : 1,
      })),
    ),
    metrics.gauge('parley_dependency_up', () => dependencyReadings(dependencies())),
    metrics.gauge('parley_event_loop_lag_seconds', () => {
      const lags = host.vitals().map(({ lagSeconds }) => lagSeconds);
      return lags.length > 0 ? [{ labels, value: Math.max(...lags) }] : [];
    }),
    metrics.gauge('parley_process_resident_memory_bytes', () => [
      { labels, value: host.vitals().reduce((sum, { residentBytes }) => sum + residentBytes, 0) },
    ]),
  ];
  return { close: () => ends.forEach((end) => end()) };
}
