import { messageOf } from '../failure.ts';
import { lostToAnother } from '../wire/bill-marks.ts';
import type { Hedging } from './hedging.ts';
import type { Served, Standby, Standbys } from './standby.ts';

/** How one provider is asked for one answer. */
export type Asking = {
  /** Aborts also when another was the first to speak. */
  signal: AbortSignal;
  /** It is asked because another is late. */
  hedged?: true;
  /** To be called once the request is on its way: lateness counts from there. */
  asked: () => void;
};

type Question<T, I> = {
  standby: Standby<T>;
  signal: AbortSignal;
  ask: (who: Standby<T>, asking: Asking) => AsyncGenerator<I>;
  /** Whether a piece is what the caller waits for. */
  speaks: (item: I) => boolean;
  /** Told who serves, before its first piece is passed on, and whenever that changes. */
  serving: (who: Standby<T>) => void;
  /** The late one failed while the other is still being waited for. */
  failed: (error: unknown) => void;
};

type Run<T, I> = {
  standby: Standby<T>;
  items: AsyncGenerator<I>;
  /** What came before and with the first piece that speaks. */
  held: I[];
  abort: AbortController;
};
type Outcome<T, I> = { run: Run<T, I> } & ({ how: 'spoke' | 'ended' } | { how: 'failed'; error: unknown });

/**
 * The pieces of one answer. Where the first of them is later than its provider's own recent p95, another request is made,
 * within the rate; the first to speak is heard, and the other is cancelled ("hedged requests": Dean and Barroso, The Tail at
 * Scale, 2013).
 */
export async function* firstToSpeak<T extends Served, I>(
  standbys: Standbys<T>,
  question: Question<T, I>,
): AsyncGenerator<I> {
  const { standby, signal, ask } = question;
  const { hedging } = standbys;
  if (hedging && standbys.mayBeLate(standby)) yield* new Race(question, { standbys, hedging }).items();
  else yield* ask(standby, { signal, asked: () => undefined });
}

class Race<T extends Served, I> {
  readonly #question: Question<T, I>;
  readonly #standbys: Standbys<T>;
  readonly #hedging: Hedging;
  readonly #name: string;
  #late = Promise.withResolvers<'late'>();
  readonly #runs = new Map<Run<T, I>, Promise<Outcome<T, I>>>();
  #second: Run<T, I> | undefined;
  #askedAt: number | undefined;
  #stopClock: (() => void) | undefined;

  constructor(question: Question<T, I>, { standbys, hedging }: { standbys: Standbys<T>; hedging: Hedging }) {
    const { standby } = question;
    this.#question = question;
    this.#standbys = standbys;
    this.#hedging = hedging;
    this.#name = `${standby.name} ${standby.instance.model}`;
  }

  async *items(): AsyncGenerator<I> {
    const { standby } = this.#question;
    const first = this.#begin({ standby, asked: () => this.#asked() });
    let winner: Run<T, I> | undefined;
    try {
      winner = await this.#winner(first);
      yield* winner.held;
      yield* winner.items;
    } finally {
      // One that lost already may be anywhere; it is not waited for.
      await winner?.items.return(undefined);
    }
  }

  #begin({ standby, ...how }: { standby: Standby<T>; hedged?: true; asked: () => void }): Run<T, I> {
    const abort = new AbortController();
    const signal = AbortSignal.any([this.#question.signal, abort.signal]);
    const run = { standby, items: this.#question.ask(standby, { ...how, signal }), held: [], abort };
    this.#runs.set(run, this.#opening(run));
    return run;
  }

  #asked(): void {
    const { clock } = this.#hedging;
    if (this.#askedAt !== undefined) return;
    this.#askedAt = clock.now();
    const lateMs = this.#hedging.lateMs(this.#name);
    if (lateMs !== undefined) this.#stopClock = clock.after(lateMs, () => this.#late.resolve('late'));
  }

  /** Who speaks first, and ends the others. @throws what the last one failed with */
  async #winner(first: Run<T, I>): Promise<Run<T, I>> {
    const { signal, serving } = this.#question;
    let winner: Run<T, I> | undefined;
    try {
      const outcome = await this.#race(first);
      winner = outcome.run;
      // Where the other won, the late one would have taken longer than this.
      if (outcome.how === 'spoke' && !signal.aborted && this.#askedAt !== undefined)
        this.#hedging.tookMs(this.#name, this.#hedging.clock.now() - this.#askedAt);
      if (winner === this.#second) serving(winner.standby);
      return winner;
    } finally {
      this.#stopClock?.();
      for (const run of this.#runs.keys()) if (run !== winner) giveUp(run);
      if (this.#second) {
        const result = signal.aborted ? 'cancelled' : winner === this.#second ? 'won' : 'lost';
        const late = this.#question.standby.name;
        this.#standbys.hedged({ provider: this.#second.standby.name, late, result });
      }
    }
  }

  async #race(first: Run<T, I>): Promise<Outcome<T, I>> {
    for (;;) {
      const outcome = await Promise.race([this.#late.promise, ...this.#runs.values()]);
      if (outcome === 'late') {
        this.#late = Promise.withResolvers();
        this.#askAnother();
        continue;
      }
      const { run, how } = outcome;
      if (how === 'spoke' || (how === 'ended' && (run === first || this.#runs.size === 1))) return outcome;
      this.#runs.delete(run);
      const [other] = this.#runs.keys();
      if (how !== 'failed') continue;
      if (!other) throw outcome.error;
      if (run !== first) {
        const fields = { provider: run.standby.name, error: messageOf(outcome.error) };
        this.#standbys.warn('a hedged request failed; the late one is still waited for', fields);
        continue;
      }
      this.#question.failed(outcome.error);
      this.#question.serving(other.standby);
    }
  }

  #askAnother(): void {
    const standby = this.#standbys.companyOf(this.#question.standby);
    if (standby && this.#hedging.take()) this.#second = this.#begin({ standby, hedged: true, asked: () => undefined });
  }

  /** Reads on until something is said. Never rejects. */
  async #opening(run: Run<T, I>): Promise<Outcome<T, I>> {
    try {
      for (;;) {
        const { done, value } = await run.items.next();
        if (done) return { run, how: 'ended' };
        run.held.push(value);
        if (this.#question.speaks(value)) return { run, how: 'spoke' };
      }
    } catch (error) {
      return { run, how: 'failed', error };
    }
  }
}

/** What it still says is not waited for. */
function giveUp({ abort, items }: Run<unknown, unknown>): void {
  abort.abort(lostToAnother);
  items.return(undefined).catch(() => undefined);
}
