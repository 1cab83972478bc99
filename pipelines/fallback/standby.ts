import { catalogEntry } from '../catalog.ts';
import type { BuildContext, ProviderName } from '../contract.ts';
import { ProviderError, type ProviderErrorCode } from '../errors.ts';
import { messageOf } from '../failure.ts';
import type { HedgedRequest, Hedging } from './hedging.ts';
import type { ProviderHealth } from './provider-health.ts';
import type { Identity } from '../wire/identity.ts';

/** What serves, as far as its stage has to know it. */
export type Served = { readonly model: string; readonly provider: string };

/** One provider of a stage, ready to serve. */
export type Standby<T> = {
  name: ProviderName;
  instance: T;
  /** Costs nothing per use: the pipeline counts it. */
  free: boolean;
  /** Asks it, at no cost, whether it serves. */
  probe: () => Promise<boolean>;
};

/** One provider asked for one answer. */
export type Try<T> = {
  standby: Standby<T>;
  /** `by`: another one that served in its place. */
  failed: (caught: unknown, midStream: boolean, by?: Standby<unknown>) => ProviderError;
};

/** The providers of one stage of one call, in the order of the pipeline; known by the one that serves. */
export class Standbys<T extends Served> implements Identity {
  readonly #role: 'stt' | 'llm' | 'tts';
  readonly #context: BuildContext;
  readonly #health: ProviderHealth;
  /** Absent where nobody is asked because another is late. */
  readonly hedging: Hedging | undefined;
  /** Those that do not take what this call asks of them, while they may serve others. */
  readonly #refused = new Set<Standby<unknown>>();
  readonly all: readonly [Standby<T>, ...Standby<T>[]];
  serving: Standby<T>;

  constructor(parts: {
    role: 'stt' | 'llm' | 'tts';
    standbys: readonly [Standby<T>, ...Standby<T>[]];
    context: BuildContext;
    health: ProviderHealth;
    hedging?: Hedging | undefined;
  }) {
    this.#role = parts.role;
    this.all = parts.standbys;
    this.serving = this.all[0];
    this.#context = parts.context;
    this.#health = parts.health;
    this.hedging = parts.hedging;
  }

  get label(): string {
    return this.serving.name;
  }

  get model(): string {
    return this.serving.instance.model;
  }

  get provider(): string {
    return this.serving.instance.provider;
  }

  /** Who is to be tried, one after the other: those known to be down come last. */
  order(): [Standby<T>, ...Standby<T>[]] {
    const usable = this.all.filter((standby) => this.#isUp(standby));
    const down = this.all.filter((standby) => !this.#isUp(standby));
    return [...usable, ...down] as [Standby<T>, ...Standby<T>[]];
  }

  /**
   * Who is to be tried for one answer, told by a walk that learns of each failure: everybody in order, and whoever is
   * alone once more, where the trouble may have passed. `failed` makes a failure known.
   */
  *tries(): Generator<Try<T>> {
    const order = this.order();
    const alone = order.length === 1;
    const errors: ProviderError[] = [];
    const gone = new Set<Standby<unknown>>();
    for (const [index, standby] of order.entries()) {
      if (gone.has(standby)) continue;
      const failed: Try<T>['failed'] = (caught, midStream, by = standby) => {
        gone.add(by);
        const again = (error: ProviderError) => alone && errors.length === 0 && error.retryable;
        const next = () => order.slice(index + 1).find((other) => !gone.has(other));
        const error = this.failed(by, caught, { next, again, midStream });
        errors.push(error);
        return error;
      };
      yield { standby, failed };
      if (alone && errors.length === 1 && errors[0]?.retryable) yield { standby, failed };
    }
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

  /** Whether it can be late by chance: a model of this host takes what it takes. */
  mayBeLate({ name }: Standby<T>): boolean {
    return this.#role !== 'stt' && catalogEntry(name).hosting !== 'embedded';
  }

  /**
   * Who is asked besides one that is late: of language models the next that serves, which is no model of this host, else the
   * same again; of voices the same, for a caller is to hear one person. A server of one's own is asked nothing twice: it
   * would only be busier.
   */
  companyOf(standby: Standby<T>): Standby<T> | undefined {
    const isOther = (other: Standby<T>) => other !== standby && this.#isUp(other) && this.mayBeLate(other);
    const next = this.#role === 'llm' ? this.all.find(isOther) : undefined;
    return next ?? (catalogEntry(standby.name).hosting === 'cloud' ? standby : undefined);
  }

  /** Makes known what came of a hedged request. */
  hedged(request: Omit<HedgedRequest, 'role'>): void {
    if (this.#role !== 'stt') this.#context.onHedged?.({ role: this.#role, ...request });
  }

  #isUp(standby: Standby<T>): boolean {
    return !this.#refused.has(standby) && this.#health.isUsable(standby.name);
  }

  succeeded({ name }: Standby<T>): void {
    this.#health.succeeded(name);
    if (this.#role === 'llm') this.hedging?.answered();
    this.#context.onSuccess?.({ role: this.#role, provider: name });
  }

  /** Makes the failure known, and tells who is next. */
  failed(
    standby: Standby<unknown>,
    caught: unknown,
    {
      next,
      again,
      midStream,
    }: {
      next: () => Standby<unknown> | undefined;
      /** Whether the same one is asked once more. */
      again?: (error: ProviderError) => boolean;
      midStream: boolean;
    },
  ): ProviderError {
    const error =
      caught instanceof ProviderError
        ? caught
        : new ProviderError('provider_failed', standby.name, messageOf(caught), { cause: caught });
    if (isOutage(error)) this.#health.failed(standby.name, error, standby.probe);
    else if (error.code !== 'empty_answer') this.#refused.add(standby);
    const found = next();
    const successor = found === standby ? undefined : found?.name;
    const isAgain = !successor && (found === standby || again?.(error) === true);
    const fields = { provider: standby.name, code: error.code, next: successor, ...(isAgain && { again: true }) };
    this.#context.log('warn', error.message, fields);
    this.#context.onFailure?.({
      role: this.#role,
      provider: standby.name,
      error,
      midStream,
      ...(successor && { next: successor }),
      ...(isAgain && { again: true }),
    });
    return error;
  }

  /** Tells the operator of what is odd and no failure. */
  warn(message: string, fields?: Record<string, unknown>): void {
    this.#context.log('warn', message, fields);
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
