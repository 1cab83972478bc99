/** Length of one look at the sound. At 350 Hz it holds seven periods, which tell the frequency to better than 1 %. */
const windowMs = 20;
const lowestHz = 350;
const highestHz = 2000;
/** A shorter tone is a click, a key or a vowel. */
const leastToneMs = 120;
/** A longer one is a line that hums, or a fax. */
const longestToneMs = 3000;
/** Silence that shows that the tone has ended. Only then may something be said. */
const silenceAfterMs = 60;
/** Of full scale 32767: about −44 dB. */
const leastRms = 200;
/** How far below the tone what follows must be: 14 dB. */
const silentShare = 0.2;
/** Share of the energy that one sine must explain. A vowel spreads over its harmonics, two tones over both. */
const purity = 0.85;
/** How far apart two looks at the same tone may be. */
const drift = 0.03;

/**
 * Hears the beep of an answering machine: one frequency between 350 and 2000 Hz, steady for 120 ms or more, then silence.
 *
 * Per window the frequency is estimated from its zero crossings, and the share of the energy at that frequency is taken with
 * the Goertzel algorithm (G. Goertzel, An Algorithm for the Evaluation of Finite Trigonometric Series, American Mathematical
 * Monthly 65, 1958). Beeps of machines and carriers lie in this range; keys and the ringing and busy tones of North America
 * are two frequencies at once, and are no beep. A machine that beeps with two tones is not heard.
 */
export class BeepDetector {
  readonly #sampleRateHz: number;
  readonly #window: Int16Array;
  #filled = 0;
  /** `fading`: the window after it was no tone and not quiet either, as the one in which it ends. */
  #tone: { hz: number; rms: number; ms: number; fading: boolean } | undefined;
  #quietMs = 0;

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#window = new Int16Array(Math.round((sampleRateHz * windowMs) / 1000));
  }

  /** Takes the next samples, mono, any number of them. True: a beep has just ended. */
  push(samples: Int16Array): boolean {
    let ended = false;
    for (let at = 0; at < samples.length;) {
      const taken = samples.subarray(at, at + this.#window.length - this.#filled);
      this.#window.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled < this.#window.length) break;
      this.#filled = 0;
      ended = this.#look() || ended;
    }
    return ended;
  }

  #look(): boolean {
    const rms = loudness(this.#window);
    const tone = this.#tone;
    if (tone && rms < tone.rms * silentShare) {
      this.#quietMs += windowMs;
      if (this.#quietMs < silenceAfterMs) return false;
      this.#tone = undefined;
      return tone.ms >= leastToneMs && tone.ms <= longestToneMs;
    }
    const hz = rms < leastRms ? undefined : pureTone(this.#window, this.#sampleRateHz);
    const broken = this.#quietMs > 0 || tone?.fading === true;
    this.#quietMs = 0;
    if (hz === undefined) this.#tone = tone && !broken && rms < tone.rms ? { ...tone, fading: true } : undefined;
    else if (tone && !broken && Math.abs(hz - tone.hz) < tone.hz * drift)
      this.#tone = { ...tone, ms: tone.ms + windowMs, rms: Math.max(tone.rms, rms) };
    else this.#tone = { hz, rms, ms: windowMs, fading: false };
    return false;
  }
}

/** Root mean square of the samples, 0–32767. */
export function loudness(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return Math.sqrt(energy / Math.max(1, samples.length));
}

/** The frequency of the one sine that these samples are, in Hz; undefined when they are anything else. */
function pureTone(samples: Int16Array, sampleRateHz: number): number | undefined {
  const hz = crossingFrequency(samples, sampleRateHz);
  if (hz === undefined || hz < lowestHz * (1 - drift) || hz > highestHz * (1 + drift)) return undefined;
  return toneShare(samples, hz / sampleRateHz) >= purity ? hz : undefined;
}

/** From the first to the last upward crossing of zero, each placed between two samples. */
function crossingFrequency(samples: Int16Array, sampleRateHz: number): number | undefined {
  let first: number | undefined;
  let last = 0;
  let periods = -1;
  for (let at = 1; at < samples.length; at += 1) {
    const before = samples[at - 1]!;
    const after = samples[at]!;
    if (before >= 0 || after < 0) continue;
    last = at - after / (after - before);
    first ??= last;
    periods += 1;
  }
  return first !== undefined && periods > 1 ? (periods * sampleRateHz) / (last - first) : undefined;
}

/** Goertzel: the share of the energy, 0–1, at a frequency given in cycles per sample. */
function toneShare(samples: Int16Array, cycles: number): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * cycles);
  let [last, beforeLast, energy] = [0, 0, 0];
  for (const sample of samples) {
    [last, beforeLast] = [sample + coefficient * last - beforeLast, last];
    energy += sample * sample;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}
