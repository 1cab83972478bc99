import type { CounterName, HistogramName, Labels, Measurements } from './metric-table.ts';

/** One step of a counter or one value of a histogram, as it goes from a call process to its host. */
export type Measurement = { name: CounterName | HistogramName; labels: Record<string, string>; value: number };

const sendEveryMs = 500;

/**
 * The measurements of a call process, on their way to the host. Steps of one counter are added up before they are sent;
 * what is sent are steps, never totals, so a process that dies takes nothing back. Up to half a second of them dies with it.
 */
export class MeasurementRelay implements Measurements {
  #counted = new Map<string, Measurement>();
  #observed: Measurement[] = [];
  #gather: (() => void) | undefined;
  #sending: { send: (measurements: Measurement[]) => void; timer: NodeJS.Timeout } | undefined;

  count<N extends CounterName>(name: N, labels: Labels<N>, by = 1): void {
    const key = JSON.stringify([name, labels]);
    const known = this.#counted.get(key);
    if (known) known.value += by;
    else this.#counted.set(key, { name, labels, value: by });
  }

  observe<N extends HistogramName>(name: N, labels: Labels<N>, value: number): void {
    // Without a host to tell they are for nobody.
    if (this.#sending) this.#observed.push({ name, labels, value });
  }

  /** `gather` counts what is counted elsewhere, each time before all is sent. */
  beforeSending(gather: () => void): void {
    this.#gather = gather;
  }

  /** From now on all goes there, twice a second. */
  sendTo(send: (measurements: Measurement[]) => void): void {
    this.#sending = { send, timer: setInterval(() => this.flush(), sendEveryMs).unref() };
  }

  /** Sends what waits now. */
  flush(): void {
    if (!this.#sending) return;
    this.#gather?.();
    const waiting = [...this.#counted.values(), ...this.#observed];
    this.#counted = new Map();
    this.#observed = [];
    if (waiting.length > 0) this.#sending.send(waiting);
  }

  /** Sends what waits, for the last time. */
  close(): void {
    this.flush();
    clearInterval(this.#sending?.timer);
    this.#sending = undefined;
  }
}
