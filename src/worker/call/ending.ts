import type { HungUpBy, Outcome } from '../../calls/call-state.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';

export type EndCause = {
  reason: EndReason;
  hungUpBy: HungUpBy;
  /** Where it differs from what the reason usually means. */
  outcome?: Outcome;
  /** We hang up, and the last word must be heard first. */
  polite?: boolean;
  /** What the carrier or LiveKit said of a phone that was not reached. */
  detail?: string;
  sipStatus?: number;
  /** When it happened, where that was before it was decided, such as the moment a phone left. */
  at?: Date;
  /** What forbade it, where a rule did. */
  rule?: string;
  /** Who failed, where a provider did. */
  provider?: string;
};

/** LiveKit, or the network to it, took the person from us: nobody hung up. */
export const mediaLost = { reason: 'media_lost', hungUpBy: 'carrier' } as const satisfies EndCause;

/** Why a session leaves its call to somebody else. */
export type Abandonment =
  /** Another session has it. */
  | 'lost'
  /** Two people go on talking in the room; whoever watches them from now on writes the end. */
  | 'handed_over'
  /** The person is still there, and needs another session. */
  | 'person_waits'
  /** No phone was rung: the call goes back into the line. */
  | 'not_dialled';

/** How a session leaves its call: it writes the end, or leaves that to another owner. */
export type Leaving = { how: 'conclude'; cause: EndCause } | { how: 'abandon'; why: Abandonment; cause: EndCause };

/** The end of one session: whoever asks first decides, and everything that waits is told. */
export class Ending {
  readonly #decided = Promise.withResolvers<Leaving>();
  readonly #controller = new AbortController();
  #leaving: Leaving | undefined;

  /** Resolves with how the call is left. */
  get left(): Promise<Leaving> {
    return this.#decided.promise;
  }

  /** Resolves with the cause. */
  get decided(): Promise<EndCause> {
    return this.#decided.promise.then(({ cause }) => cause);
  }

  /** Aborted once the end is decided. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): EndCause | undefined {
    return this.#leaving?.cause;
  }

  /** The call is over. False: somebody else had decided already. */
  decide(cause: EndCause): boolean {
    return this.#leave({ how: 'conclude', cause });
  }

  /**
   * The session is over, and the call is not. False: somebody else had decided already.
   * @param cause How the call ends where nobody can have it
   */
  abandon(why: Abandonment, cause: EndCause = { reason: 'worker_lost', hungUpBy: 'parley' }): boolean {
    return this.#leave({ how: 'abandon', why, cause });
  }

  #leave(leaving: Leaving): boolean {
    if (this.#leaving) return false;
    this.#leaving = leaving;
    this.#decided.resolve(leaving);
    this.#controller.abort(new EndedError(leaving.cause));
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
