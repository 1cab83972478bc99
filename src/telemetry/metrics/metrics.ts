import type { Counter, Histogram, ObservableGauge } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Measurement } from './measurement-relay.ts';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Labels,
  type Measurements,
  metricTable,
} from './metric-table.ts';

/** Of the text that `text` gives. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** More combinations of labels than this share one line, labelled `otel_metric_overflow`: an API key may name any model. */
const mostSeries = 500;

type Reading<N extends GaugeName> = { labels: Labels<N>; value: number };

/**
 * The metrics of one process, and of the call processes that report to it. What was added stays, whatever becomes of the
 * process that reported it. A process has one; it is not the global one of OpenTelemetry, which belongs to the SDK.
 */
export class Metrics implements Measurements {
  readonly #reader = new ScrapeReader();
  readonly #provider = new MeterProvider({ readers: [this.#reader] });
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, ObservableGauge>();

  constructor({ version }: { version: string }) {
    const meter = this.#provider.getMeter('parley');
    for (const [name, metric] of Object.entries(metricTable)) {
      const options = { description: metric.about };
      if (metric.kind === 'counter') this.#counters.set(name, meter.createCounter(name, options));
      else if (metric.kind === 'gauge') this.#gauges.set(name, meter.createObservableGauge(name, options));
      else {
        const advice = { explicitBucketBoundaries: [...metric.buckets] };
        this.#histograms.set(name, meter.createHistogram(name, { ...options, advice }));
      }
      // So that the first one is seen as a rise.
      if (metric.kind === 'counter' && metric.labels.length === 0) this.#counters.get(name)?.add(0);
    }
    this.gauge('parley_build_info', () => [{ labels: { version }, value: 1 }]);
  }

  count<N extends CounterName>(name: N, labels: Labels<N>, by = 1): void {
    this.record({ name, labels, value: by });
  }

  observe<N extends HistogramName>(name: N, labels: Labels<N>, value: number): void {
    this.record({ name, labels, value });
  }

  /** What another process counted or measured. Impossible values are left out: a counter never goes back. */
  record({ name, labels, value }: Measurement): void {
    if (!Number.isFinite(value) || value < 0) return;
    this.#counters.get(name)?.add(value, labels);
    this.#histograms.get(name)?.record(value, labels);
  }

  /** Is read at each scrape, and has to answer at once. A reading that is not there, or fails, is left out. Returns the end of it. */
  gauge<N extends GaugeName>(name: N, read: () => readonly Reading<N>[]): () => void {
    const gauge = this.#gauges.get(name);
    const callback: Parameters<ObservableGauge['addCallback']>[0] = (result) => {
      for (const { labels, value } of read()) result.observe(value, labels);
    };
    gauge?.addCallback(callback);
    return () => gauge?.removeCallback(callback);
  }

  /** Everything, in the text format of Prometheus. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}

/** Hands the metrics out when they are asked for. */
class ScrapeReader extends MetricReader {
  constructor() {
    super({
      // Else a gauge would go on telling its last value when there is none any more.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
      cardinalitySelector: () => mostSeries,
    });
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
