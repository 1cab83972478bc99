import { AudioFrame } from '@livekit/rtc-node';
import { setTimeout as sleep } from 'node:timers/promises';

export const frameMs = 20;

const frameSamples = (16_000 * frameMs) / 1000;
/** Formants of three vowels: frequency and bandwidth, Hz. */
const vowels = [
  [700, 130, 1220, 140, 2600, 200],
  [300, 80, 2300, 150, 3000, 200],
  [500, 100, 900, 120, 2400, 200],
] as const;

/** A voice that says vowels, 16 kHz mono: voice activity detection takes it for speech, which it does not with a tone. */
export function voice(milliseconds: number): AudioFrame[] {
  const samples = new Int16Array(Math.ceil(milliseconds / frameMs) * frameSamples);
  let phase = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const seconds = index / 16_000;
    const pitchHz = 120 + 15 * Math.sin(2 * Math.PI * 3 * seconds);
    phase += pitchHz / 16_000;
    const [f1, b1, f2, b2, f3, b3] = vowels[Math.floor(seconds / 0.15) % 3] ?? vowels[0];
    let sum = 0;
    for (let harmonic = 1; harmonic <= 28; harmonic += 1) {
      const hz = harmonic * pitchHz;
      const gain = 1 / (1 + ((hz - f1) / b1) ** 2) + 1 / (1 + ((hz - f2) / b2) ** 2) + 1 / (1 + ((hz - f3) / b3) ** 2);
      sum += (gain / Math.sqrt(harmonic)) * Math.sin(2 * Math.PI * harmonic * phase);
    }
    const loudness = 5_000 * (0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * seconds));
    samples[index] = Math.max(-32_000, Math.min(32_000, sum * loudness));
  }
  return frames(samples);
}

export const quiet = (milliseconds: number) => frames(new Int16Array(Math.ceil(milliseconds / frameMs) * frameSamples));

function frames(samples: Int16Array): AudioFrame[] {
  return Array.from({ length: samples.length / frameSamples }, (_, index) => {
    const data = samples.slice(index * frameSamples, (index + 1) * frameSamples);
    return new AudioFrame(data, 16_000, 1, frameSamples);
  });
}

/** Pushes frames at the pace of a call, `speedUp` times faster, then ends the input unless the call goes on. */
export async function pushAudio(
  stream: { pushFrame(frame: AudioFrame): void; endInput(): void },
  frames: AudioFrame[],
  speedUp = 4,
  { ends } = { ends: true },
): Promise<void> {
  for (const frame of frames) {
    stream.pushFrame(frame);
    await sleep(frameMs / speedUp);
  }
  if (ends) stream.endInput();
}
