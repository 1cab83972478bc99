import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from './logger.ts';
import type { TraceDestination } from './telemetry-config.ts';

/** Spans that wait, or are under way, per destination; more are dropped. A call makes about fifteen per turn. */
const capacity = 4096;
const batchSize = 256;
const exportTimeoutMs = 10_000;
/** An export that never says how it went counts as failed. */
const silentMs = 15_000;
const warnEveryMs = 60_000;

/** Spans since the process began, over all destinations. */
export type TelemetryLoss = {
  /** Arrived. */
  sent: number;
  /** Dropped because too many were waiting. */
  dropped: number;
  /** Refused by the destination, or not delivered in time. */
  failed: number;
};

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Brings spans to one destination, in batches, without ever keeping anybody waiting; what is lost is counted. */
export class SpanDelivery {
  readonly counts: TelemetryLoss = { sent: 0, dropped: 0, failed: 0 };
  readonly #batches: BatchSpanProcessor;
  readonly #host: string;
  readonly #log: Log;
  #waiting = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;

  /** @param everyMs How long spans are gathered before they are sent. */
  constructor({ url, headers }: TraceDestination, { log, everyMs }: { log: Log; everyMs: number }) {
    this.#host = new URL(url).host;
    this.#log = log;
    const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: exportTimeoutMs });
    this.#batches = new BatchSpanProcessor(this.#counted(exporter), {
      maxQueueSize: capacity,
      maxExportBatchSize: batchSize,
      scheduledDelayMillis: everyMs,
      exportTimeoutMillis: silentMs,
    });
  }

  add(span: ReadableSpan): void {
    if (this.#waiting >= capacity) {
      this.counts.dropped += 1;
      this.#warn('more spans wait than are kept');
      return;
    }
    this.#waiting += 1;
    this.#batches.onEnd(span);
  }

  /** Sends what waits, for so long at most. What is then left is lost. */
  async close(withinMs: number): Promise<void> {
    await within(this.#batches.shutdown(), withinMs);
    if (this.#waiting === 0) return;
    this.counts.failed += this.#waiting;
    this.#waiting = 0;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#warn('the process ended first');
  }

  #counted(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        let isOver = false;
        const finish = (result: Result) => {
          if (isOver) return;
          isOver = true;
          clearTimeout(timer);
          this.#settle(spans.length, result);
          done(result);
        };
        const timer = setTimeout(() => finish({ code: 1, error: new Error('no answer in time') }), silentMs);
        timer.unref();
        exporter.export(spans, finish);
      },
      shutdown: () => exporter.shutdown(),
      forceFlush: async () => exporter.forceFlush?.(),
    };
  }

  #settle(spans: number, { code, error }: Result): void {
    const settled = Math.min(spans, this.#waiting);
    this.#waiting -= settled;
    if (code === 0) this.counts.sent += settled;
    else {
      this.counts.failed += settled;
      this.#warn(reasonOf(error));
    }
  }

  #warn(reason: string): void {
    if (performance.now() - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = performance.now();
    const lost = this.counts.dropped + this.counts.failed;
    this.#log('warn', 'traces are lost; calls are not affected', { destination: this.#host, reason, lost });
  }
}

function reasonOf(error: (Error & { code?: unknown }) | undefined): string {
  if (!error) return 'no reason given';
  const status = typeof error.code === 'number' ? ` (HTTP ${error.code})` : '';
  const cure = error.code === 401 || error.code === 403 ? '; the keys are wrong' : '';
  return `${error.message || 'refused'}${status}${cure}`;
}

async function within(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  timer.abort();
}
