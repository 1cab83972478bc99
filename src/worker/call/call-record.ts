import { setTimeout as sleep } from 'node:timers/promises';
import type { CostLine, Turn } from '../../calls/call.ts';
import type { CallStore, NewEvent } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';

type Batch = { events: NewEvent[]; turns: Turn[]; costs: CostLine[] };

/** How long entries are gathered before they are written, so that a turn is one statement and not five. */
const gatherMs = 750;
const longestPauseMs = 5_000;

/**
 * What happened in a call, on its way to the database. Entries are kept, in order, until they are written: the database
 * may be away for as long as the call lasts. What is waiting is bounded by what a call can say.
 */
export class CallRecord {
  readonly #write: (batch: Batch) => Promise<void>;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #waiting: Batch = emptyBatch();
  #writing: Promise<void> | undefined;

  constructor({ store, callId, log }: { store: Pick<CallStore, 'record'>; callId: string; log: Log }) {
    this.#write = (batch) => store.record(callId, batch);
    this.#log = log;
  }

  add(entries: Partial<Batch>): void {
    this.#waiting.events.push(...(entries.events ?? []));
    this.#waiting.turns.push(...(entries.turns ?? []));
    this.#waiting.costs.push(...(entries.costs ?? []));
    this.#start(gatherMs);
  }

  #start(delayMs: number): void {
    if (this.#writing || isEmpty(this.#waiting) || this.#stop.signal.aborted) return;
    this.#writing = this.#writeAll(delayMs).finally(() => {
      this.#writing = undefined;
      this.#start(gatherMs);
    });
  }

  async #writeAll(delayMs: number): Promise<void> {
    let pauseMs = delayMs;
    for (let failures = 0; ; failures += 1) {
      await sleep(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      const batch = this.#waiting;
      this.#waiting = emptyBatch();
      try {
        return await this.#write(batch);
      } catch (error) {
        this.#waiting = joined(batch, this.#waiting);
        if (this.#stop.signal.aborted) return;
        if (failures === 0) this.#log('warn', 'the record of a call cannot be written yet; it is kept', { error });
        pauseMs = Math.min(longestPauseMs, 250 * 2 ** failures);
      }
    }
  }

  /** Writes what is waiting now. @throws what the database says; the entries are then still kept */
  async flush(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
    if (isEmpty(this.#waiting)) return;
    const batch = this.#waiting;
    this.#waiting = emptyBatch();
    try {
      await this.#write(batch);
    } catch (error) {
      this.#waiting = joined(batch, this.#waiting);
      throw error;
    }
  }
}

function emptyBatch(): Batch {
  return { events: [], turns: [], costs: [] };
}

function isEmpty({ events, turns, costs }: Batch): boolean {
  return events.length + turns.length + costs.length === 0;
}

function joined(first: Batch, then: Batch): Batch {
  return {
    events: [...first.events, ...then.events],
    turns: [...first.turns, ...then.turns],
    costs: [...first.costs, ...then.costs],
  };
}
