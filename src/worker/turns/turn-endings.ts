import type { TurnEnding } from '../../calls/call.ts';

/** A caller who goes on so soon had not finished. */
const cutOffWithinMs = 2_000;
/** For words to come of what is heard last within that time. */
const wordsWithinMs = 2_000;

type Open = {
  ending: TurnEnding;
  atMs: number;
  /** Told what came next; undefined until somebody takes the ending. */
  tell: ((ending: TurnEnding) => void) | undefined;
  timer: NodeJS.Timeout;
};

/** Watches, after each end of a turn, whether the caller talks on. Times are on the clock of `performance.now()`. */
export class TurnEndings {
  #open: Open | undefined;
  /** When the caller began to speak again. */
  #againMs: number | undefined;

  /** A turn was found to be over. */
  ended(ending: TurnEnding): void {
    // The next turn has words of its own.
    if (this.#againMs !== undefined) this.#settle({ cutOff: true });
    this.close();
    const timer = setTimeout(() => this.#waitForWords(), cutOffWithinMs);
    this.#open = { ending, atMs: performance.now(), tell: undefined, timer };
  }

  /**
   * What is known of the turn that ended last, once. `tell` is called when it is known what came next; not at all where the
   * session is closed before.
   */
  take(tell: (ending: TurnEnding) => void): TurnEnding | undefined {
    const open = this.#open;
    if (!open || open.tell) return undefined;
    open.tell = tell;
    const { ending } = open;
    if (ending.cutOff !== undefined) this.close();
    return ending;
  }

  /** The caller begins to speak. */
  speaks(): void {
    if (this.#open && performance.now() - this.#open.atMs < cutOffWithinMs) this.#againMs ??= performance.now();
  }

  /** The recogniser tells words. */
  heard(): void {
    if (this.#againMs !== undefined) this.#settle({ cutOff: true });
  }

  close(): void {
    clearTimeout(this.#open?.timer);
    this.#open = undefined;
    this.#againMs = undefined;
  }

  #waitForWords(): void {
    if (!this.#open || this.#againMs === undefined) return this.#settle({ cutOff: false });
    this.#open.timer = setTimeout(() => this.#settle({ cutOff: false }), wordsWithinMs);
  }

  #settle({ cutOff }: { cutOff: boolean }): void {
    const open = this.#open;
    if (!open || open.ending.cutOff !== undefined) return;
    const talkedOnMs = cutOff && this.#againMs !== undefined ? this.#againMs - open.atMs : undefined;
    open.ending = { ...open.ending, cutOff, ...(talkedOnMs !== undefined && { talkedOnMs }) };
    clearTimeout(open.timer);
    this.#againMs = undefined;
    if (!open.tell) return;
    this.#open = undefined;
    open.tell(open.ending);
  }
}
