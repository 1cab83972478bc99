import type { BuildContext, ProviderName } from '../contract.ts';
import { ProviderError, type ProviderErrorCode } from '../errors.ts';
import { messageOf } from '../failure.ts';
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
  /** Those that do not take what this call asks of them, while they may serve others. */
  readonly #refused = new Set<Standby<T>>();
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
    const usable = this.all.filter((standby) => this.#isUp(standby));
    const down = this.all.filter((standby) => !this.#isUp(standby));
    const order = [...usable, ...down];
    return order.length === 1 ? [...order, ...order] : order;
  }

  /** Who is to be tried after so many failures in a row. */
  at(failures: number): Standby<T> {
    const usable = this.all.find((standby) => this.#isUp(standby));
    return usable ?? this.all[failures % this.all.length] ?? this.all[0];
  }

  /** Whether one that stands before it in the pipeline serves again. */
  hasBetterThan(standby: Standby<T>): boolean {
    const better = this.all.slice(0, this.all.indexOf(standby));
    return better.some((other) => this.#isUp(other));
  }

  #isUp(standby: Standby<T>): boolean {
    return !this.#refused.has(standby) && this.#health.isUsable(standby.name);
  }

  succeeded({ name }: Standby<T>): void {
    this.#health.succeeded(name);
    this.#context.onSuccess?.({ role: this.#role, provider: name });
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
    if (isOutage(error)) this.#health.failed(standby.name, error, standby.probe);
    else this.#refused.add(standby);
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

const outages = new Set<ProviderErrorCode>([
  'bad_key',
  'no_credit',
  'quota_exceeded',
  'rate_limited',
  'server_full',
  'unreachable',
  'timeout',
]);

/** Whether other calls would fail in the same way; a model, a voice or a request may be this call's own mistake. */
function isOutage({ code, retryable }: ProviderError): boolean {
  return outages.has(code) || (code === 'provider_failed' && retryable);
}
