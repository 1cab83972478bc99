import { encodeWav } from '../../src/caller/wav.ts';

const rateHz = 48_000;

/**
 * Sound that noise suppression takes for a voice: harmonics of a gliding pitch in syllables of 180 ms.
 *
 * @returns Signed 16-bit mono at `sampleRateHz`.
 */
export function babble({ ms, pitchHz, sampleRateHz = rateHz }: { ms: number; pitchHz: number; sampleRateHz?: number }) {
  const pcm = new Int16Array((sampleRateHz * ms) / 1000);
  let phase = 0;
  for (let index = 0; index < pcm.length; index++) {
    const seconds = index / sampleRateHz;
    phase += (2 * Math.PI * pitchHz * (1 + 0.15 * Math.sin(2 * Math.PI * 1.3 * seconds))) / sampleRateHz;
    const syllable = Math.max(0.15, Math.sin((Math.PI * (seconds % 0.18)) / 0.18));
    let sample = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) sample += Math.sin(phase * harmonic) / harmonic;
    pcm[index] = Math.round(7000 * syllable * sample);
  }
  return pcm;
}

/** A microphone file: speech, then silence. Chromium plays it round and round. */
export function microphoneWav({ speechMs, silenceMs }: { speechMs: number; silenceMs: number }): Buffer {
  const speech = babble({ ms: speechMs, pitchHz: 130 });
  const lead = (rateHz * silenceMs) / 1000;
  const pcm = new Int16Array(lead + speech.length);
  pcm.set(speech, lead);
  return encodeWav({ pcm, sampleRateHz: rateHz, channels: 1 });
}
