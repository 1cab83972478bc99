import type { ProviderUsage } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { ChangeId } from '../../calls/change-id.ts';
import { usdNumber, usdText, usdUnits } from '../../calls/usd.ts';
import { concludeCall } from '../../calls/end/conclude-call.ts';
import type { CallTrace } from '../../telemetry/telemetry.ts';
import type { Observed } from '../conversation/observe.ts';
import type { CallPipeline } from '../dependencies.ts';
import { CallFigures } from './call-figures.ts';
import type { Parts } from './call-parts.ts';
import { CallLog } from './call-log.ts';
import { CostMeter } from './cost-meter.ts';
import type { EndCause } from './ending.ts';
import type { Ownership } from './ownership.ts';
import { sessionReport } from './report.ts';
import type { SessionContext } from './session-context.ts';

/** What a session knows of a call when it is over. */
export type Facts = {
  agent: Agent | undefined;
  pipeline: CallPipeline | undefined;
  observed: Observed | undefined;
};

/**
 * What came of writing an end: the call has ended, by us or before; it waits for its next attempt; or it is somebody else's, who
 * took it over.
 */
export type Concluded = 'ended' | 'scheduled' | 'not_ours';

/** An answer is known sooner than that; what looks longer is a correction of the clock. */
const longestAgoMs = 5_000;

/** What one call leaves behind: its log, its costs, its trace, its figures, and at last its end. */
export class CallAccount {
  readonly log: CallLog;
  readonly trace: CallTrace;
  readonly figures: CallFigures;
  /** When the person could hear us; before that, when the call was answered by an earlier session. */
  answeredAt: Date | undefined;
  /** The same on `performance.now()`, which no correction of the clock changes. */
  #answeredMs: number | undefined;
  readonly #call: Call;
  readonly #ownership: Ownership;
  readonly #costs: CostMeter;
  readonly #context: SessionContext;

  constructor(parts: Omit<Parts, 'ending'>) {
    const { call, ownership, talkedSeconds, trace, context, log } = parts;
    const { calls: store, measurements, priceOf } = context.deps;
    this.trace = trace;
    this.figures = new CallFigures(call, measurements);
    this.answeredAt = call.answeredAt ?? undefined;
    if (this.answeredAt) this.#answeredMs = performance.now() - talkedSeconds * 1000;
    this.#call = call;
    this.#ownership = ownership;
    this.#costs = new CostMeter(priceOf, { earlierUsd: call.costUsd });
    this.#context = context;
    const takeCosts = () => this.#costs.take();
    this.log = new CallLog({ store, callId: call.id, epoch: ownership.epoch, takeCosts, log });
    context.patience.addEventListener('abort', () => this.log.giveUp(), { once: true });
  }

  /** A provider did something: it is priced once, for the bill, the trace and the figures. */
  used(usage: ProviderUsage): void {
    const price = this.#costs.add(usage);
    for (const account of [this.trace, this.figures]) account.used(usage, price);
  }

  /** Whether the call has cost more than that, in USD, with all its sessions. */
  exceeds(limitUsd: number | undefined): boolean {
    return limitUsd !== undefined && usdNumber(this.#totalUnits()) > limitUsd;
  }

  /** Since the call was answered, with all its sessions. */
  get talkedSeconds(): number | undefined {
    return this.#answeredMs === undefined ? undefined : (performance.now() - this.#answeredMs) / 1000;
  }

  /** With the minutes of the line so far, which are priced when the call is over. */
  #totalUnits(): bigint {
    const talked = this.talkedSeconds;
    const line = talked === undefined ? undefined : this.#context.deps.carrierUsd?.(this.#call, talked);
    return usdUnits(this.#costs.totalText) + usdUnits(line ?? '0');
  }

  /** Somebody can hear us; the first session for which that is true has answered the call. */
  answered(at: Date): void {
    if (this.answeredAt) return;
    this.answeredAt = at;
    this.#answeredMs = performance.now() - agoMs(at);
    this.figures.answered();
  }

  /** The first sound of the agent was sent, at this time of `Date.now()`. A call is greeted once, whoever speaks later. */
  sounded(at: number): void {
    if (this.#call.answeredAt || !this.answeredAt) return;
    const greetingMs = Math.max(0, at - this.answeredAt.getTime());
    this.figures.greeted(greetingMs);
    this.log.add({ report: { greeting_ms: greetingMs } });
  }

  endTrace({ reason, hungUpBy }: EndCause, observed: Observed | undefined): void {
    const { talkedSeconds } = this;
    const costUsd = usdText(this.#totalUnits());
    this.trace.end({ reason, hungUpBy, talkedSeconds, costUsd, turns: observed?.turns ?? [] });
  }

  /** Writes the end in its turn, however long the database is away. Rejects when that is given up. */
  conclude(cause: EndCause, facts: Facts & { endedAt: Date }): Promise<Concluded> {
    const { endedAt } = facts;
    this.report(facts);
    const { reason, outcome, hungUpBy, sipStatus, detail, provider, rule } = cause;
    const { answeredAt } = this;
    const ending = {
      callId: this.#call.id,
      epoch: this.#ownership.epoch,
      // A phone that was picked up while it was being cancelled was picked up.
      reason: answeredAt && reason === 'canceled_before_answer' ? ('operator_hung_up' as const) : reason,
      hungUpBy,
      endedAt,
      answered: answeredAt !== undefined,
      ...(outcome && { outcome }),
      ...(answeredAt && { answeredAt }),
      ...(sipStatus !== undefined && { sipStatus }),
      details: {
        ...(rule !== undefined && { rule }),
        ...(detail !== undefined && { detail }),
        ...(provider !== undefined && { provider }),
      },
    };
    return this.log.change((change) => this.#conclude({ ...ending, change }));
  }

  async #conclude(ending: Parameters<typeof concludeCall>[1]): Promise<Concluded> {
    const { calls: store, callingWindow } = this.#context.deps;
    const concluded = await concludeCall({ store, callingWindow }, ending);
    const call = concluded ?? (await store.findCall(this.#call.id));
    const ended = call?.state === 'ended';
    if (concluded || ended) this.#ownership.settle();
    else this.#ownership.lose();
    if (ended) return 'ended';
    return concluded ? 'scheduled' : 'not_ours';
  }

  /** No phone was rung: puts the call back into the line, with the attempt unmade. False: it is somebody else's, or has ended. */
  requeue(inSeconds: number, why: string): Promise<boolean> {
    return this.log.change(async (change: ChangeId) => {
      const waits = await this.#context.deps.calls.transition({
        callId: this.#call.id,
        to: 'scheduled',
        from: ['dispatching', 'dialing'],
        epoch: this.#ownership.epoch,
        change,
        event: { type: 'call.state', data: { state: 'scheduled', not_dialled: why } },
        attemptUnmade: true,
        dispatchAt: { inSeconds },
      });
      this.#ownership.settle();
      return waits !== null;
    });
  }

  /** Leaves the call to the next owner, once all of it is written. False: somebody had taken it. */
  handBack(): Promise<boolean> {
    return this.log.change(() => this.#ownership.release());
  }

  /** Keeps what this session knows with the call. */
  report({ agent, pipeline }: Facts): void {
    if (agent) this.log.add({ report: sessionReport({ agent, pipeline }) });
  }
}

function agoMs(at: Date): number {
  return Math.min(Math.max(Date.now() - at.getTime(), 0), longestAgoMs);
}
