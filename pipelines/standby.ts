import type { BuildContext, ProviderName } from './contract.ts';
import { ProviderError } from './errors.ts';
import { messageOf } from './failure.ts';
import type { ProviderHealth } from './provider-health.ts';

/** One provider of a stage, ready to serve. */
export type Standby<T> = {
  name: ProviderName;
  instance: T;
  /** Costs nothing per use: the pipeline counts it. */
  free: boolean;
  /** Asks it, at no cost, whether it serves. */
  probe: () => Promise<boolean>;
};

/** The providers of one stage of one call, in the order of the pipeline. */
export class Standbys<T> {
  readonly #role: 'stt' | 'llm' | 'tts';
  readonly #context: BuildContext;
  readonly #health: ProviderHealth;
  readonly all: readonly [Standby<T>, ...Standby<T>[]];

  constructor(parts: {
    role: 'stt' | 'llm' | 'tts';
    standbys: readonly [Standby<T>, ...Standby<T>[]];
    context: BuildContext;
    health: ProviderHealth;
  }) {
    this.#role = parts.role;
    this.all = parts.standbys;
    this.#context = parts.context;
    this.#health = parts.health;
  }

  /** Who is to be tried, one after the other: those known to be down come last, and nobody is alone with one try. */
  order(): Standby<T>[] {
    const usable = this.all.filter(({ name }) => this.#health.isUsable(name));
    const down = this.all.filter(({ name }) => !this.#health.isUsable(name));
    const order = [...usable, ...down];
    return order.length === 1 ? [...order, ...order] : order;
  }

  /** Who is to be tried after so many failures in a row. */
  at(failures: number): Standby<T> {
    const usable = this.all.find(({ name }) => this.#health.isUsable(name));
    return usable ?? this.all[failures % this.all.length] ?? this.all[0];
  }

  /** Whether one that stands before it in the pipeline serves again. */
  hasBetterThan(standby: Standby<T>): boolean {
    const better = this.all.slice(0, this.all.indexOf(standby));
    return better.some(({ name }) => this.#health.isUsable(name));
  }

  succeeded({ name }: Standby<T>): void {
    this.#health.succeeded(name);
  }

  /** Makes the failure known, and tells who is next. */
  failed(
    standby: Standby<T>,
    caught: unknown,
    { next, midStream }: { next: () => Standby<T> | undefined; midStream: boolean },
  ): ProviderError {
    const error =
      caught instanceof ProviderError
        ? caught
        : new ProviderError('provider_failed', standby.name, messageOf(caught), { cause: caught });
    this.#health.failed(standby.name, error, standby.probe);
    const successor = next()?.name;
    const fields = { provider: standby.name, code: error.code, next: successor };
    this.#context.log('warn', error.message, fields);
    this.#context.onFailure?.({
      role: this.#role,
      provider: standby.name,
      error,
      midStream,
      ...(successor && { next: successor }),
    });
    return error;
  }

  report(
    standby: Standby<T>,
    usage: Omit<Parameters<NonNullable<BuildContext['onUsage']>>[0], 'role' | 'provider'>,
  ): void {
    if (standby.free) this.#context.onUsage?.({ role: this.#role, provider: standby.name, ...usage });
  }
}
