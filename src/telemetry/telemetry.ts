import type { ProviderUsage } from '../../pipelines/index.ts';
import type { HungUpBy } from '../calls/call-state.ts';
import type { Call, Turn } from '../calls/call.ts';
import type { EndReason } from '../calls/end/end-reason.ts';
import type { TelemetryLoss } from './span-delivery.ts';
import type { Price } from './usage-attributes.ts';

/** The trace of one call, from its first session step to its end. Nothing of it throws, waits, or costs much. */
export type CallTrace = {
  /** Does the work as a part of the call: the spans that begin in it, and in what it starts, belong to the call. */
  run<T>(work: () => T): T;
  /** One use of a provider and what it cost. To be called where the pipeline reports it, or later. */
  used(usage: ProviderUsage, price: Price): void;
  /** What the caller was understood to say. */
  heard(text: string): void;
  end(end: {
    reason: EndReason;
    hungUpBy: HungUpBy;
    /** Undefined: nobody answered. */
    talkedSeconds: number | undefined;
    /** USD as exact decimal text. */
    costUsd: string;
    turns: readonly Turn[];
  }): void;
};

export type Telemetry = {
  /** @param traceparent of the request that asked for the call (W3C), whose trace then goes on with it */
  startCall(call: Call, options: { traceparent: string | undefined }): CallTrace;
  /** What became of the spans of this process so far. */
  telemetryLoss(): TelemetryLoss;
  /** Sends what waits; a few seconds at most. */
  close(): Promise<void>;
};

const noTrace: CallTrace = {
  run: (work) => work(),
  used: () => undefined,
  heard: () => undefined,
  end: () => undefined,
};

/** Nothing is traced. */
export const noTelemetry: Telemetry = {
  startCall: () => noTrace,
  telemetryLoss: () => ({ sent: 0, dropped: 0, failed: 0 }),
  close: () => Promise.resolve(),
};
