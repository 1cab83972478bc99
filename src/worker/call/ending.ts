import type { HungUpBy } from '../../calls/call-state.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';

export type EndCause = {
  reason: EndReason;
  hungUpBy: HungUpBy;
  /** We hang up, and the last word must be heard first. */
  polite?: boolean;
  /** Another session has the call: nothing is written, and its room is left as it is. */
  abandoned?: boolean;
  /** Two people go on talking in the room: it is left as it is, and whoever watches them from now on writes the end. */
  keepsRoom?: boolean;
  /** What the carrier or LiveKit said of a phone that was not reached. */
  detail?: string;
  sipStatus?: number;
  /** Who failed, where a provider did. */
  provider?: string;
};

/** The end of one conversation: whoever asks first decides, and everything that waits is told. */
export class Ending {
  readonly #decided = Promise.withResolvers<EndCause>();
  readonly #controller = new AbortController();
  #cause: EndCause | undefined;

  /** Resolves with the cause. */
  get decided(): Promise<EndCause> {
    return this.#decided.promise;
  }

  /** Aborted once the end is decided. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): EndCause | undefined {
    return this.#cause;
  }

  /** False: somebody else had decided already. */
  decide(cause: EndCause): boolean {
    if (this.#cause) return false;
    this.#cause = cause;
    this.#decided.resolve(cause);
    this.#controller.abort(new EndedError(cause));
    return true;
  }
}

/** What a step that was under way is stopped with. */
export class EndedError extends Error {
  override readonly name = 'EndedError';
  override readonly cause: EndCause;

  constructor(cause: EndCause) {
    super(`The conversation is over: ${cause.reason}.`);
    this.cause = cause;
  }
}
