import {
  type Context,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SamplingDecision,
  trace,
  TraceFlags,
  type TracerProvider,
} from '@opentelemetry/api';
import { telemetry as sdk } from '@livekit/agents';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { core, NodeSDK } from '@opentelemetry/sdk-node';
import { RandomIdGenerator, type Sampler } from '@opentelemetry/sdk-trace-node';
import type { Call } from '../calls/call.ts';
import { CallSpans, ownerKey } from './call-spans.ts';
import { startCallTrace, traceIdOf } from './call-trace.ts';
import type { Log } from './logger.ts';
import { SpanDelivery, type TelemetryLoss } from './span-delivery.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { noTelemetry, type Telemetry } from './telemetry.ts';

/** How long the end of a process waits for its last spans. */
const lastSpansMs = 3_000;

/**
 * Traces the calls of this process, once per process: the providers of OpenTelemetry and of the SDK are global. Without a
 * destination nothing is set up.
 * @param secret Keeps the names that stand for numbers from being guessed.
 * @param everyMs How long spans are gathered before they are sent.
 */
export function openTelemetry(
  config: TelemetryConfig & { version: string },
  { secret, log, everyMs = 2_000 }: { secret: string; log: Log; everyMs?: number },
): Telemetry {
  const { destinations, content, environment } = config;
  if (destinations.length === 0) return noTelemetry;
  const deliveries = destinations.map((destination) => new SpanDelivery(destination, { log, everyMs }));
  const spans = new CallSpans({
    content,
    deliver: (span) => deliveries.forEach((delivery) => delivery.add(span)),
    onError: (error) => log('error', 'a span could not be completed and is left out', { error }),
  });
  const ids = new CallIds();
  const fanout = new sdk.FanoutSpanProcessor();
  const node = new NodeSDK({
    resource: resourceFromAttributes({
      'service.name': config.serviceName,
      'service.version': config.version,
      'deployment.environment.name': environment,
    }),
    // Nothing of this machine or of the environment is told besides.
    autoDetectResources: false,
    sampler: callsOnly,
    idGenerator: ids,
    spanProcessors: [fanout, spans],
    textMapPropagator: new core.W3CTraceContextPropagator(),
    // Metrics are read from `/metrics`, and logs are lines.
    metricReaders: [],
    logRecordProcessors: [],
  });
  node.start();
  sdk.setTracerProvider(globalProvider(), {
    registerSpanProcessor: (processor) => fanout.add(processor),
    allowPii: content,
  });
  return {
    startCall: (call: Call, { traceparent }) => {
      const asked = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
      return ids.as(traceIdOf(call.id), () => startCallTrace(call, { spans, content, environment, secret, asked }));
    },
    telemetryLoss: () => sum(deliveries.map(({ counts }) => counts)),
    close: async () => {
      await spans.forceFlush();
      await Promise.all(deliveries.map((delivery) => delivery.close(lastSpansMs)));
      await node.shutdown();
    },
  };
}

/** The provider itself: what the API hands out is a stand-in that the SDK could not tell from another. */
function globalProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

/** Every span of a call is recorded, whatever the request that asked for it decided; others (a session that is over) are not. */
const callsOnly: Sampler = {
  shouldSample: (parentContext: Context) => {
    const parent = trace.getSpan(parentContext)?.spanContext();
    const isOurs = parent && !parent.isRemote && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    const belongs = isOurs || parentContext.getValue(ownerKey) !== undefined;
    return { decision: belongs ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  },
  toString: () => 'calls only',
};

/** Random ids, but for the trace of a call, whose id follows from the call's. */
class CallIds extends RandomIdGenerator {
  #traceId: string | undefined;

  constructor() {
    super();
    const random = this.generateTraceId;
    this.generateTraceId = () => this.#traceId ?? random();
  }

  /** What begins a trace while `work` runs, begins this one. */
  as<T>(traceId: string, work: () => T): T {
    this.#traceId = traceId;
    try {
      return work();
    } finally {
      this.#traceId = undefined;
    }
  }
}

function sum(counts: TelemetryLoss[]): TelemetryLoss {
  return counts.reduce(
    (total, { sent, dropped, failed }) => ({
      sent: total.sent + sent,
      dropped: total.dropped + dropped,
      failed: total.failed + failed,
    }),
    { sent: 0, dropped: 0, failed: 0 },
  );
}
