import { readFileSync } from 'node:fs';
import { loadLocalInference } from '../../pipelines/engine/local-inference.ts';
import { parseWav, toMono } from '../../src/caller/wav.ts';
import { BackgroundGate } from '../../src/worker/turns/background-gate.ts';
import { callers } from './callers.ts';
import { fliteVoices, joined, resampled, speakWithFlite } from './clips.ts';
import { onLine } from './lines.ts';

const sampleRateHz = 16_000;
const windowSamples = 512;
const windowMs = 32;
/** A caller speaks at this level, RMS. */
const callerDbfs = -23;
/** As the voice detector of a call has them, and `min_interruption_ms`. */
const detector = { threshold: 0.5, stopsAt: 0.35, startMs: 50, stopMs: 250, interruptsMs: 120 };

type Voice = (typeof fliteVoices)[number];

export type Cafe = { bargeIns: number; speechShare: number };

/**
 * What the voice detector makes of so many minutes in which nobody but the café behind the caller speaks, so many dB below
 * them on a G.711 line, with and without the gate, after the caller has spoken once.
 */
export async function cafe(cache: string, { minutes, belowDb }: { minutes: number; belowDb: number }) {
  const talk = (voice: Voice, texts: readonly string[]) =>
    texts.map((text) => {
      const { pcm, sampleRateHz: rateHz } = toMono(parseWav(readFileSync(speakWithFlite(text, { voice, cache }))));
      return resampled(pcm, rateHz, sampleRateHz);
    });
  const caller = onLine(atLevel(joined(talk('rms', callers.finished.slice(0, 4))), callerDbfs));
  const tables = fliteVoices.map((voice) => talk(voice, [...callers.finished, ...callers.unfinished]));
  const noise = onLine(atLevel(babble(tables, minutes * 60 * sampleRateHz), callerDbfs - belowDb));
  const gate = new BackgroundGate();
  for (const window of windows(caller)) gate.pass(window);
  gate.heardWords();
  return {
    open: await detect(noise, (window) => window),
    gated: await detect(noise, (window) => gate.pass(window)),
  };
}

/** Two at each of the tables talk all the time, with pauses of up to two seconds, some further away than others. */
function babble(tables: readonly (readonly Int16Array[])[], length: number): Float64Array {
  let state = 5;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const sum = new Float64Array(length);
  for (const [index, sentences] of [...tables, ...tables].entries()) {
    const gain = 10 ** (-(index * 1.5) / 20);
    for (let at = Math.floor(random() * sampleRateHz); at < length;) {
      const sentence = sentences[Math.floor(random() * sentences.length)]!;
      for (let sample = 0; sample < sentence.length && at + sample < length; sample++)
        sum[at + sample]! += sentence[sample]! * gain;
      at += sentence.length + Math.floor(random() * 2 * sampleRateHz);
    }
  }
  return sum;
}

function atLevel(sound: Int16Array | Float64Array, dbfs: number): Int16Array {
  let squares = 0;
  for (const sample of sound) squares += sample * sample;
  const gain = (32_768 * 10 ** (dbfs / 20)) / Math.sqrt(squares / sound.length);
  return Int16Array.from(sound, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));
}

async function detect(sound: Int16Array, pass: (window: Int16Array) => Int16Array): Promise<Cafe> {
  const vad = loadLocalInference().createVad();
  let [bargeIns, heard, speechMs, silentMs] = [0, 0, 0, 0];
  for (const window of windows(sound)) {
    const speaking = speechMs >= detector.startMs;
    const probability = await vad.predict(pass(window));
    if (probability >= (speaking ? detector.stopsAt : detector.threshold)) {
      heard += 1;
      silentMs = 0;
      const before = speechMs;
      speechMs += windowMs;
      if (before < detector.interruptsMs && speechMs >= detector.interruptsMs) bargeIns += 1;
    } else if (!speaking || (silentMs += windowMs) >= detector.stopMs) speechMs = 0;
  }
  return { bargeIns, speechShare: heard / Math.floor(sound.length / windowSamples) };
}

function* windows(sound: Int16Array): Generator<Int16Array> {
  for (let at = 0; at + windowSamples <= sound.length; at += windowSamples) yield sound.slice(at, at + windowSamples);
}
