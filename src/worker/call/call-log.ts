import { setTimeout as sleep } from 'node:timers/promises';
import { type ChangeId, newChange, UnwritableError } from '../../calls/change-id.ts';
import type { CostLine, Turn } from '../../calls/call.ts';
import { CallError } from '../../calls/errors.ts';
import type { CallStore, ChosenSince, NewEvent } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';

export type Records = {
  events: NewEvent[];
  turns: Turn[];
  costs: CostLine[];
  answeredAt?: Date;
  report?: Record<string, unknown>;
  chosen?: ChosenSince;
};

/** A write that has to come to a result, such as a change of state. It is made with the id that it is given, whenever it is made. */
export type Change<T> = (change: ChangeId) => Promise<T>;

type Entry = {
  change: ChangeId;
  /** Undefined for a change, for which somebody waits. */
  records: Records | undefined;
  write: (change: ChangeId) => Promise<void>;
  refuse: (error: unknown) => void;
};

type Options = {
  store: Pick<CallStore, 'record'>;
  callId: string;
  /** Under which this session has the call. */
  epoch: number;
  /** What the call has cost since it was asked the last time; asked with each record that is written. */
  takeCosts: () => CostLine[];
  log: Log;
  /** Resolves after so long, or when the signal is aborted. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** How long records are gathered before they are written, so that a turn is one statement and not five. */
const gatherMs = 750;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * What a session reports about its call, on its way to the database: events, turns, costs, states, and at last the end. Each entry has
 * an id made with it. They are written in order, one at a time, and each until it is written, however long the database is away;
 * what is waiting is bounded by what a call can say.
 */
export class CallLog {
  readonly #options: Options;
  readonly #waiting: Entry[] = [];
  readonly #givenUp = new AbortController();
  readonly #pause: NonNullable<Options['pause']>;
  #writing = false;
  #hurry = new AbortController();

  constructor(options: Options) {
    this.#options = options;
    this.#pause = options.pause ?? pauseFor;
  }

  /** The turns of each session have numbers of their own, so that of two that overlap neither overwrites what the other heard. */
  get firstTurn(): number {
    return Math.max(0, this.#options.epoch - 1) * 10_000;
  }

  /** Gathers records for one write. Events without a time happened now. A turn that is added again is known better now. */
  add({ events = [], turns = [], costs = [], answeredAt, report, chosen }: Partial<Records>): void {
    const at = new Date();
    const records = this.#waiting.at(-1)?.records ?? this.#newRecords();
    records.events.push(...events.map((event) => ({ at, ...event })));
    records.turns = [...records.turns.filter(({ index }) => !turns.some((turn) => turn.index === index)), ...turns];
    records.costs.push(...costs);
    if (report) records.report = { ...records.report, ...report };
    if (chosen)
      records.chosen = {
        ...records.chosen,
        ...chosen,
        variables: { ...records.chosen?.variables, ...chosen.variables },
      };
    if (!answeredAt) return;
    // Much depends on it, such as from when the words of another session count.
    records.answeredAt ??= answeredAt;
    this.#hurry.abort();
  }

  /** Makes a change in its turn, at once. Rejects with what the database can never take, or when the log is given up. */
  change<T>(make: Change<T>): Promise<T> {
    const made = Promise.withResolvers<T>();
    // Not everybody waits for it.
    void made.promise.catch(() => undefined);
    this.#push({
      change: newChange(),
      records: undefined,
      write: async (change) => made.resolve(await make(change)),
      refuse: made.reject,
    });
    this.#hurry.abort();
    return made.promise;
  }

  /** Resolves once all that was said so far is written. Rejects when the log is given up. */
  settled(): Promise<void> {
    // Costs may have come without a word.
    this.add({});
    return this.change(() => Promise.resolve());
  }

  /** Nobody waits for this process any more: what is not written by now is lost. */
  giveUp(): void {
    this.#givenUp.abort();
    this.#hurry.abort();
  }

  #newRecords(): Records {
    const records: Records = { events: [], turns: [], costs: [] };
    const { store, callId, epoch, takeCosts } = this.#options;
    this.#push({
      change: newChange(),
      records,
      write: async (change) => {
        if (!change.repeated) records.costs.push(...takeCosts());
        await store.record(callId, records, { change, epoch });
      },
      refuse: () => undefined,
    });
    return records;
  }

  #push(entry: Entry): void {
    this.#waiting.push(entry);
    if (this.#writing) return;
    this.#writing = true;
    void this.#writeAll().finally(() => (this.#writing = false));
  }

  async #writeAll(): Promise<void> {
    // What a change waits for goes with it, so nothing gathers then.
    while (this.#waiting.length > 0) {
      this.#hurry = new AbortController();
      if (this.#waiting.every(({ records }) => records)) await this.#pause(gatherMs, this.#hurry.signal);
      const entry = this.#waiting.shift();
      if (entry) await this.#write(entry);
    }
  }

  async #write({ change, write, refuse }: Entry): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await write({ id: change.id, repeated: failures > 0 });
      } catch (error) {
        const never = error instanceof UnwritableError || error instanceof CallError;
        if (never || this.#givenUp.signal.aborted) {
          this.#options.log('error', 'a part of the record of a call is lost', { error });
          return refuse(error);
        }
        if (failures === 0)
          this.#options.log('warn', 'the record of a call cannot be written yet; it is kept', { error });
        await this.#pause(Math.min(longestPauseMs, firstPauseMs * 2 ** failures), this.#givenUp.signal);
      }
    }
  }
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
