const sampleRateHz = 16_000;
/** A line with less noise than this is given some, so much in all, dB below full scale. */
const quietDbfs = -60;
const targetDbfs = -57;
/** What a telephone carries (ITU-T G.712). */
const bandHz = { from: 300, to: 3_400 };
/** Quality factors of the two sections of a Butterworth filter of fourth order. */
const sections = [0.5412, 1.3066];
const noiseSamples = 19_200;

/** Added to sound of a quiet line, RMS 1; the same each time, so that the same sound always gets the same answer. */
let noise: Float64Array | undefined;

/**
 * The end-of-turn model takes the pauses of a telephone line without noise of its own for sound that was cut, and says of most
 * finished turns that they are not. It is given such lines with some noise in the band of a telephone. Noise beyond that band
 * does not help, and lines that carry more than it are better left alone: docs/turn-taking.md has the figures.
 *
 * @param pcm Mono, 16 kHz.
 * @param noiseFloorDbfs Of a telephone line, as measured; nothing is added where there is none.
 */
export function withLineNoise(pcm: Int16Array, noiseFloorDbfs: number | undefined): Int16Array {
  if (noiseFloorDbfs === undefined || noiseFloorDbfs >= quietDbfs) return pcm;
  noise ??= bandNoise();
  const gain = 32_768 * 10 ** (targetDbfs / 20);
  return pcm.map((sample, index) => clip(sample + gain * noise![index % noiseSamples]!));
}

const clip = (value: number) => Math.max(-32_768, Math.min(32_767, Math.round(value)));

function bandNoise(): Float64Array {
  const white: Float64Array = Float64Array.from({ length: noiseSamples }, gaussian(randomFrom(1)));
  const band = sections.reduce(
    (sound, quality) => filter(filter(sound, 'highpass', bandHz.from, quality), 'lowpass', bandHz.to, quality),
    white,
  );
  const rms = Math.sqrt(band.reduce((sum, value) => sum + value * value, 0) / band.length);
  return band.map((value) => value / rms);
}

/** Numbers from 0 to 1, always the same (Lehmer's generator, MINSTD). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Box and Muller. */
const gaussian = (random: () => number) => () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** A second-order section, by R. Bristow-Johnson's cookbook of audio filters. */
function filter(sound: Float64Array, kind: 'highpass' | 'lowpass', hz: number, quality: number): Float64Array {
  const angle = (2 * Math.PI * hz) / sampleRateHz;
  const cos = Math.cos(angle);
  const alpha = Math.sin(angle) / (2 * quality);
  const sign = kind === 'lowpass' ? -1 : 1;
  const a0 = 1 + alpha;
  const b0 = (1 + sign * cos) / 2 / a0;
  const b1 = (-sign * (1 + sign * cos)) / a0;
  const a1 = (-2 * cos) / a0;
  const a2 = (1 - alpha) / a0;
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return sound.map((x) => {
    const y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}
