import type { CallTrace } from '../../telemetry/telemetry.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { ProviderUsage } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import { concludeCall } from '../../calls/end/conclude-call.ts';
import { CallFigures } from './call-figures.ts';
import { CallRecord } from './call-record.ts';
import { CostMeter } from './cost-meter.ts';
import type { CallPipeline } from '../dependencies.ts';
import type { EndCause } from './ending.ts';
import type { Observed } from '../conversation/observe.ts';
import { recordEnd } from './record-end.ts';
import { sessionReport } from './report.ts';
import type { SessionContext } from './session.ts';

/** What a session knows of a call when it is over. */
type Facts = {
  endedAt: Date;
  agent: Agent | undefined;
  pipeline: CallPipeline | undefined;
  observed: Observed | undefined;
  /** When the first sound of the agent was sent, on the clock of `Date.now()`. */
  firstSoundAt: number | undefined;
};

/** What one call leaves behind: its record, its costs, its trace, its figures, and at last its end. */
export class CallAccount {
  readonly record: CallRecord;
  readonly trace: CallTrace;
  readonly figures: CallFigures;
  /** When the person could hear us; before that, when the call was answered by an earlier session. */
  answeredAt: Date | undefined;
  readonly #callId: string;
  readonly #costs: CostMeter;
  readonly #context: SessionContext;
  readonly #log: Log;

  constructor({ call, trace, context, log }: { call: Call; trace: CallTrace; context: SessionContext; log: Log }) {
    const { calls: store, measurements, priceOf } = context.deps;
    this.record = new CallRecord({ store, callId: call.id, log });
    this.trace = trace;
    this.figures = new CallFigures(call, measurements);
    this.#callId = call.id;
    this.#costs = new CostMeter(priceOf);
    this.#context = context;
    this.#log = log;
  }

  /** A provider did something: it is priced once, for the bill, the trace and the figures. */
  used(usage: ProviderUsage): void {
    const price = this.#costs.add(usage);
    for (const account of [this.trace, this.figures]) account.used(usage, price);
  }

  /** Whether the call has cost more than that, in USD. */
  exceeds(limitUsd: number | undefined): boolean {
    return this.#costs.exceeds(limitUsd);
  }

  recordCosts(): void {
    this.record.add({ costs: this.#costs.take() });
  }

  endTrace({ reason, hungUpBy }: EndCause, observed: Observed | undefined): void {
    const { answeredAt } = this;
    const costUsd = this.#costs.totalText;
    this.trace.end({ reason, hungUpBy, answeredAt, costUsd, turns: observed?.turns ?? [] });
  }

  /** Writes the end, however long the database is away, or leaves the call to whoever watches it. Never throws. */
  async write(cause: EndCause, facts: Facts): Promise<void> {
    const { endedAt, firstSoundAt } = facts;
    const greetingMs = firstSoundAt && this.answeredAt && firstSoundAt - this.answeredAt.getTime();
    this.figures.greeted(greetingMs);
    this.recordCosts();
    const { agent, pipeline, observed } = facts;
    const costUsd = this.#costs.totalText;
    const { answeredAt } = this;
    const report = agent && { agent, pipeline, observed, greetingMs, costUsd };
    const write = cause.keepsRoom
      ? () => this.#leave(report && sessionReport({ ...report, talkedMs: undefined }))
      : () =>
          this.#conclude(cause, {
            endedAt,
            ...(report && {
              report: sessionReport({ ...report, talkedMs: answeredAt && endedAt.getTime() - answeredAt.getTime() }),
            }),
          });
    const { patience } = this.#context;
    await recordEnd({ record: this.record, log: this.#log }, { write, reason: cause.reason, patience });
  }

  async #conclude(cause: EndCause, end: { endedAt: Date; report?: Record<string, unknown> }): Promise<void> {
    const { reason, hungUpBy, sipStatus, detail, provider } = cause;
    const { calls: store, callingWindow } = this.#context.deps;
    const ended = await concludeCall(
      { store, callingWindow },
      {
        ...end,
        callId: this.#callId,
        reason,
        hungUpBy,
        ...(sipStatus !== undefined && { sipStatus }),
        details: { ...(detail !== undefined && { detail }), ...(provider !== undefined && { provider }) },
        ...(this.answeredAt && { answeredAt: this.answeredAt }),
      },
    );
    if (!ended) this.#log('info', 'the call had been ended by somebody else', { reason });
  }

  /** The call goes on without us: the sweeper finds that nobody has its lease, and watches it. */
  async #leave(report: Record<string, unknown> | undefined): Promise<void> {
    const { deps, owner } = this.#context;
    if (report) await deps.calls.record(this.#callId, { report });
    await deps.calls.renewLeases(owner, [this.#callId], 0);
    this.#log('info', 'two people go on talking; the sweeper watches the call');
  }
}
