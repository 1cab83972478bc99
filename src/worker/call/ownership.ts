import { leaseSeconds } from '../../calls/lease.ts';
import type { Lease } from '../../calls/ports.ts';

/** A request that leaves now is carried out before the lease ends. */
const marginMs = 2_000;

type Means = {
  /** When the lease was asked for, by `performance.now()`. */
  askedMs: number;
  renew: () => Promise<void>;
  release: () => Promise<boolean>;
  forget: () => void;
};

/**
 * Who has the call: this session, under one epoch, until another one takes it. Whatever a session does outside its process
 * (dial, hang up, delete a room, write a state or the end) it does as the owner: what goes through the database carries the epoch
 * and is refused there when it is stale; for the rest it asks here first.
 */
export class Ownership {
  readonly lease: Lease;
  readonly #means: Means;
  readonly #loss = new AbortController();
  #askedMs: number;
  #state: 'held' | 'lost' | 'released' = 'held';

  constructor(lease: Lease, means: Means) {
    this.lease = lease;
    this.#means = means;
    this.#askedMs = means.askedMs;
  }

  get epoch(): number {
    return this.lease.epoch;
  }

  /** Aborted once another session is known to have the call. */
  get lost(): AbortSignal {
    return this.#loss.signal;
  }

  /** Whether nobody can have taken the call yet, by this process's monotonic clock alone. */
  get surelyHeld(): boolean {
    return this.#state === 'held' && performance.now() < this.#askedMs + leaseSeconds * 1000 - marginMs;
  }

  /** Whether the call is still this session's; asks the database where the clock is not enough. @throws while that is away */
  async held(): Promise<boolean> {
    if (this.#state === 'held' && !this.surelyHeld) await this.#means.renew();
    return this.#state === 'held';
  }

  /** The database says that it is held, in answer to what was asked then. */
  renewed(askedMs: number): void {
    this.#askedMs = Math.max(this.#askedMs, askedMs);
  }

  /** The database says that it is not, or refused something for a stale epoch. */
  lose(): void {
    if (this.#state !== 'held') return;
    this.#state = 'lost';
    this.#means.forget();
    this.#loss.abort();
  }

  /** The call has ended under this epoch, or waits for its next attempt: there is nothing to hold any more. */
  settle(): void {
    if (this.#state === 'held') this.#state = 'released';
    this.#means.forget();
  }

  /** Leaves the call to whoever takes it next. False: somebody had taken it already. @throws while the database is away */
  async release(): Promise<boolean> {
    if (this.#state === 'lost') return false;
    this.#state = 'released';
    return this.#means.release();
  }
}
