import type { LatencyField } from '../end/latency-json.ts';
import type { EndReason } from '../end/end-reason.ts';
import type { Outcome } from '../call-state.ts';

/** What is looked at: the hours of a day, the days of a month, or the weeks of a quarter. */
export const overviewSpans = {
  day: { bucketSeconds: 3600, buckets: 24 },
  week: { bucketSeconds: 6 * 3600, buckets: 28 },
  month: { bucketSeconds: 24 * 3600, buckets: 30 },
  quarter: { bucketSeconds: 7 * 24 * 3600, buckets: 13 },
} as const;
export type OverviewSpan = keyof typeof overviewSpans;

/** Of calls that were created within a time. */
export type CallFigures = {
  calls: number;
  answered: number;
  /** Of the answered, those that ended as `completed`. */
  completed: number;
  failed: number;
  /** From the answer to the end, of all together. */
  talkSeconds: number;
  /** Exact decimal, USD. */
  costUsd: string;
};

export type StageFigures = { stage: LatencyField; answers: number; p50Ms: number; p95Ms: number };

/** Calls that ended in a way that somebody should look at, the newest of them by id. */
export type Problem = { endReason: EndReason; calls: number; newest: { id: string; createdAt: Date }[] };

export type Overview = {
  from: Date;
  to: Date;
  bucketSeconds: number;
  totals: CallFigures;
  /** One per time span, oldest first, also where nothing happened. */
  buckets: ({ from: Date } & CallFigures)[];
  endReasons: { endReason: EndReason; outcome: Outcome; calls: number }[];
  problems: Problem[];
  /** Of the newest answered calls, at most `sampledCalls`; whole percentiles over millions of answers are the dashboard's. */
  sampledCalls: number;
  stages: StageFigures[];
  /** Of the sample: those whose slowest answer took longest, where it was slow. */
  slowest: { id: string; createdAt: Date; slowestMs: number }[];
  /** Of the sample: calls in which a caller was cut off. */
  cutOff: { calls: number; newest: { id: string; createdAt: Date }[] };
  /** Of the sample: verdicts of the analysis. */
  judged: number;
  succeeded: number;
};

export type OverviewStore = {
  /** Over all calls of the tenant, or those of one agent. As of at most ten seconds ago. */
  read(query: { tenantId: string; span: OverviewSpan; agent?: string | undefined }): Promise<Overview>;
};
