import { LineSound } from '../../src/worker/turns/line-sound.ts';
import { fromUlaw, toUlaw } from '../../test/sip/g711.ts';
import { type Clip, joined, resampled } from './clips.ts';

/** A way from a caller to Parley. `noiseDbfs` is what its pauses sound like; none is digital silence. */
export type Line = { name: string; telephone: boolean; noiseDbfs: number | undefined };

export const lines: readonly Line[] = [
  { name: 'G.711, digital silence', telephone: true, noiseDbfs: undefined },
  ...[-70, -60, -55, -50, -45].map((noiseDbfs) => ({ name: `G.711, ${noiseDbfs} dBFS`, telephone: true, noiseDbfs })),
  { name: '16 kHz, digital silence', telephone: false, noiseDbfs: undefined },
];

const sampleRateHz = 16_000;
const frameSamples = 512;

/** What Parley hears of a clip and so much of the pause after it. */
export function heardOver(line: Line, { speech, rateHz }: Clip, pauseMs: number): Int16Array {
  const lineHz = line.telephone ? 8_000 : sampleRateHz;
  const spoken = joined([resampled(speech, rateHz, lineHz), new Int16Array((pauseMs * lineHz) / 1000)]);
  const noisy = line.noiseDbfs === undefined ? spoken : withNoise(spoken, line.noiseDbfs);
  return resampled(line.telephone ? noisy.map((sample) => fromUlaw(toUlaw(sample))) : noisy, lineHz, sampleRateHz);
}

/** Sound at 16 kHz as it comes over a telephone line without noise. */
export function onLine(sound: Int16Array): Int16Array {
  const coded = resampled(sound, sampleRateHz, 8_000).map((sample) => fromUlaw(toUlaw(sample)));
  return resampled(coded, 8_000, sampleRateHz);
}

/** What a call would ask the model about, and the noise it would measure. */
export function asHeard(sound: Int16Array): { window: Int16Array; noiseFloorDbfs: number | undefined } {
  const line = new LineSound();
  for (let at = 0; at < sound.length; at += frameSamples) line.push(sound.subarray(at, at + frameSamples));
  return { window: line.window(), noiseFloorDbfs: line.noiseFloorDbfs };
}

/** Gaussian noise over the whole band of the line, always the same (Lehmer's generator; Box and Muller). */
function withNoise(sound: Int16Array, dbfs: number): Int16Array {
  const rms = 32_768 * 10 ** (dbfs / 20);
  let state = 7;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return sound.map((sample) => {
    const noise = rms * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return Math.max(-32_768, Math.min(32_767, Math.round(sample + noise)));
  });
}
