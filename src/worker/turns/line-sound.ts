/** As much as the end-of-turn model hears, of mono sound at 16 kHz. */
const windowSamples = 19_200;
/** The quietest tenth of so many frames is the noise of the line: about three seconds. */
const floorFrames = 96;
const quietShare = 0.1;
/** Of 16-bit sound that never changes. */
export const digitalSilenceDbfs = -100;

/**
 * Keeps the last 1.2 s of a caller's sound, and how much noise their line makes. Any frame will do: empty, clipped, with an
 * offset.
 */
export class LineSound {
  readonly #ring = new Int16Array(windowSamples);
  /** Next sample to be written, and how many are there. */
  #at = 0;
  #filled = 0;
  readonly #levels: number[] = [];
  #nextLevel = 0;

  push(frame: Int16Array): void {
    const kept = frame.subarray(Math.max(0, frame.length - windowSamples));
    if (kept.length === 0) return;
    const first = kept.subarray(0, windowSamples - this.#at);
    this.#ring.set(first, this.#at);
    this.#ring.set(kept.subarray(first.length), 0);
    this.#at = (this.#at + kept.length) % windowSamples;
    this.#filled = Math.min(windowSamples, this.#filled + kept.length);
    this.#levels[this.#nextLevel] = levelDbfs(kept);
    this.#nextLevel = (this.#nextLevel + 1) % floorFrames;
  }

  /** Forgets what was heard so far, but not how the line sounds. */
  forget(): void {
    this.#filled = 0;
  }

  /** What was heard last, up to 1.2 s. */
  window(): Int16Array {
    const window = new Int16Array(this.#filled);
    const start = (this.#at - this.#filled + windowSamples) % windowSamples;
    const first = this.#ring.subarray(start, Math.min(windowSamples, start + this.#filled));
    window.set(first);
    window.set(this.#ring.subarray(0, this.#filled - first.length), first.length);
    return window;
  }

  /** Level of the noise between words, in dB below full scale; undefined before anything was heard. */
  get noiseFloorDbfs(): number | undefined {
    return this.#levels.toSorted((one, other) => one - other)[Math.floor(this.#levels.length * quietShare)];
  }
}

/** RMS of sound around its mean, in dB below the largest sample. An offset makes no noise. */
export function levelDbfs(samples: Int16Array): number {
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / samples.length;
  const power = squares / samples.length - mean * mean;
  return power > 0 ? Math.max(digitalSilenceDbfs, 10 * Math.log10(power / 32_768 ** 2)) : digitalSilenceDbfs;
}
