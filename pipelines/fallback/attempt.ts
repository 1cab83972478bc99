import { ProviderError } from '../errors.ts';

type Tried = {
  provider: string;
  signal: AbortSignal;
  cure?: string | undefined;
  explain?: ((error: unknown) => unknown) | undefined;
};

/**
 * One try of one provider: ends when its caller aborts or a deadline passes. What was waiting then throws an abort error;
 * `reason` tells the deadline's own error from it.
 */
export class Attempt {
  readonly #controller = new AbortController();
  readonly provider: string;
  readonly #cure: string;
  readonly #outer: AbortSignal;
  readonly #abort: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `cure` is a sentence for the operator, who is told it when a deadline passes. */
  constructor(provider: string, outer: AbortSignal, cure = '') {
    this.provider = provider;
    this.#cure = cure;
    this.#outer = outer;
    this.#abort = () => this.#controller.abort(outer.reason);
    if (outer.aborted) this.#abort();
    else outer.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * What one try brings, as a stream: an abort from outside ends it quietly, and a deadline's error takes the place of the
   * abort it caused. `explain` says what any other error means.
   */
  static async *stream<T>(
    { provider, signal, cure, explain = (error) => error }: Tried,
    stream: (attempt: Attempt) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const attempt = new Attempt(provider, signal, cure);
    try {
      yield* stream(attempt);
    } catch (error) {
      if (!signal.aborted) throw explain(attempt.reason(error));
    } finally {
      attempt.end();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Fails the attempt unless `met` or `expect` is called within `milliseconds`. `what` completes "no …". */
  expect(what: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        this.fail(
          new ProviderError('timeout', this.provider, `no ${what} within ${milliseconds} ms. ${this.#cure}`.trim()),
        ),
      milliseconds,
    );
  }

  met(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  fail(error: ProviderError): void {
    this.met();
    this.#controller.abort(error);
  }

  /** The error to report for a caught one: that of the deadline, where it was the deadline that ended the attempt. */
  reason(caught: unknown): unknown {
    const reason: unknown = this.#controller.signal.reason;
    return reason instanceof ProviderError ? reason : caught;
  }

  /** Clears the timer and leaves no listener behind. To be called in `finally`. */
  end(): void {
    this.met();
    this.#outer.removeEventListener('abort', this.#abort);
  }
}
