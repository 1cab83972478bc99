import type { CampaignFigures } from '../store/campaigns/campaign-figures.ts';
import type { QueueFigures } from '../store/calls/figures-store.ts';
import type { DependencyState } from '../telemetry/dependency-health.ts';
import type { Log } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';

const everyMs = 10_000;

/**
 * What only the database knows, read in the background so that a scrape never waits. While it cannot be read nothing is
 * told of it: an old number would look like a calm queue.
 */
export function serveGauges(options: {
  metrics: Metrics;
  readFigures: () => Promise<QueueFigures & CampaignFigures>;
  spendLimitUsd: number;
  dependencies: () => Record<string, DependencyState>;
  log: Log;
}): { close(): void } {
  const { metrics, readFigures, spendLimitUsd, dependencies, log } = options;
  let figures: (QueueFigures & CampaignFigures) | undefined;
  let reading: Promise<void> | undefined;
  const read = async () => {
    try {
      figures = await readFigures();
    } catch (error) {
      figures = undefined;
      log('debug', 'the figures for the metrics could not be read', { error });
    }
    reading = undefined;
  };
  const timer = setInterval(() => void (reading ??= read()), everyMs).unref();
  reading = read();
  const one = (value: number | undefined) => (value === undefined ? [] : [{ labels: {}, value }]);
  const byState = (counts: readonly { state: string; count: number }[] = []) =>
    counts.map(({ state, count }) => ({ labels: { state }, value: count }));
  const ends = [
    metrics.gauge('parley_queue_calls', () => byState(figures?.calls)),
    metrics.gauge('parley_campaigns', () => byState(figures?.campaigns)),
    metrics.gauge('parley_campaign_recipients', () => byState(figures?.recipients)),
    metrics.gauge('parley_campaign_overdue_seconds', () => one(figures?.campaignOverdueSeconds)),
    metrics.gauge('parley_webhook_pending_deliveries', () => one(figures?.pendingDeliveries)),
    metrics.gauge('parley_webhook_overdue_seconds', () => one(figures?.overdueSeconds)),
    metrics.gauge('parley_spend_day_usd', () => one(figures?.spentUsd)),
    metrics.gauge('parley_spend_day_limit_usd', () => one(spendLimitUsd)),
    metrics.gauge('parley_dependency_up', () => dependencyReadings(dependencies())),
  ];
  return {
    close: () => {
      clearInterval(timer);
      for (const end of ends) end();
    },
  };
}

export function dependencyReadings(dependencies: Record<string, DependencyState>) {
  return Object.entries(dependencies).map(([dependency, { status }]) => ({
    labels: { dependency },
    value: status === 'up' ? 1 : 0,
  }));
}
