import { levelDbfs } from './line-sound.ts';

/** Sound this much quieter than the caller is somebody else's: a café behind them is about 15 dB below. */
const marginDb = 10;
/** Louder sound is never kept out, however loud the caller is. */
const neverAboveDbfs = -27;
/** The caller's level is that of their loudest 320 ms, of 32 ms each. */
const loudFrames = 10;
/** So many frames are kept: ten seconds, longer than most of what is transcribed at once. */
const keptFrames = 312;
/** The gate stays open for as long after a loud frame, 320 ms: words end softly. */
const heldFrames = 10;

/**
 * Keeps from the voice detector what is much quieter than the caller: people at other tables, a television. The recogniser and
 * the end-of-turn model hear it all. It is open until the first words were transcribed, and takes the level of whatever words
 * were of, so somebody who speaks more softly is shut out until the recogniser has understood them, at most.
 */
export class BackgroundGate {
  /** Since words were last transcribed. */
  readonly #levels: number[] = [];
  #next = 0;
  #thresholdDbfs = Number.NEGATIVE_INFINITY;
  #held = 0;

  /** What the voice detector hears of a frame: itself, or silence as long. */
  pass(frame: Int16Array): Int16Array {
    if (frame.length === 0) return frame;
    const level = levelDbfs(frame);
    this.#levels[this.#next] = level;
    this.#next = (this.#next + 1) % keptFrames;
    this.#held = level >= this.#thresholdDbfs ? heldFrames : this.#held - 1;
    return this.#held > 0 ? frame : new Int16Array(frame.length);
  }

  /** The recogniser understood words. */
  heardWords(): void {
    if (this.#levels.length < loudFrames) return;
    const loud = this.#levels.toSorted((one, other) => other - one)[loudFrames - 1]!;
    this.#thresholdDbfs = Math.min(loud - marginDb, neverAboveDbfs);
    this.#levels.length = 0;
    this.#next = 0;
  }
}
