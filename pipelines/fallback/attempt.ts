import { ProviderError } from '../errors.ts';

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
