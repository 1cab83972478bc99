import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import { parseWav, readWav, toMono, writeWav } from '../../src/caller/wav.ts';
import type { EngineClient } from '../../pipelines/index.ts';
import { callers } from './callers.ts';

/** Speech up to where the caller pauses: mono, 8 kHz for what was recorded so, else 16 kHz. */
export type Clip = { id: string; finished: boolean; words: string; speech: Int16Array; rateHz: number };

const recordedPackage = 'asterisk-core-sounds-en-wav';
const voiceFolder = 'usr/share/asterisk/sounds/en_US_f_Allison';
/** Sound this much below full scale at the end of a recording is no speech any more. */
const silenceDbfs = -45;

/** A prompt of the package, its words, and where it is cut in a sentence: milliseconds, and words until then. */
type Prompt = [file: string, words: string, cuts: [atMs: number, words: number][]];

/**
 * Recordings of a person, from a package of Debian. Where they are cut was found by aligning the words with pocketsphinx; at
 * least two words of the sentence are on either side, and there is no pause.
 */
export async function recordedClips(cache: string): Promise<Clip[]> {
  const folder = bringSounds(cache);
  const prompts = JSON.parse(readFileSync(new URL('prompts.json', import.meta.url), 'utf8')) as Prompt[];
  const clips: Clip[] = [];
  for (const [file, text, cuts] of prompts) {
    const { pcm, sampleRateHz: rateHz } = toMono(parseWav(readFileSync(join(folder, `${file}.wav`))));
    clips.push({ id: file, finished: true, words: text, speech: withoutTail(pcm, rateHz), rateHz });
    for (const [atMs, words] of cuts)
      clips.push({
        id: `${file}@${atMs}`,
        finished: false,
        words: text.split(' ').slice(0, words).join(' '),
        speech: pcm.slice(0, (atMs * rateHz) / 1000),
        rateHz,
      });
  }
  return clips;
}

function bringSounds(cache: string): string {
  const system = join('/', voiceFolder);
  if (existsSync(system)) return system;
  const folder = join(cache, voiceFolder);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('apt-get', ['download', recordedPackage], { cwd: cache, stdio: 'ignore' });
    const file = readdirSync(cache).find((name) => name.startsWith(recordedPackage));
    execFileSync('dpkg-deb', ['-x', file ?? '', '.'], { cwd: cache });
  } catch (error) {
    throw new Error(`Install the recordings: the Debian package ${recordedPackage}, or its files under ${system}.`, {
      cause: error,
    });
  }
  return folder;
}

/** The callers' sentences, spoken once and kept. */
export async function spokenClips(cache: string, engine: EngineClient): Promise<Clip[]> {
  mkdirSync(cache, { recursive: true });
  const clips: Clip[] = [];
  for (const kind of ['finished', 'unfinished'] as const)
    for (const [index, text] of callers[kind].entries()) {
      const path = join(cache, `${kind}-${index}.wav`);
      if (!existsSync(path)) {
        const parts: Int16Array[] = [];
        await engine.synthesize(text, { onAudio: (pcm) => parts.push(pcm) });
        await writeWav(path, { pcm: joined(parts), sampleRateHz: 16_000, channels: 1 });
      }
      const { pcm, sampleRateHz: rateHz } = await readWav(path);
      const speech = withoutTail(pcm, rateHz);
      clips.push({ id: `piper-${kind}-${index}`, finished: kind === 'finished', words: text, speech, rateHz });
    }
  return clips;
}

function withoutTail(pcm: Int16Array, rateHz: number): Int16Array {
  const frame = rateHz / 100;
  const loud = 32_768 * 10 ** (silenceDbfs / 20);
  for (let end = pcm.length; end > frame; end -= frame) {
    const last = pcm.subarray(end - frame, end);
    if (Math.sqrt(last.reduce((sum, sample) => sum + sample * sample, 0) / frame) > loud) return pcm.slice(0, end);
  }
  return pcm;
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function resampled(pcm: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return pcm;
  const resampler = new AudioResampler(fromHz, toHz, 1);
  const frames = [...resampler.push(new AudioFrame(pcm, fromHz, 1, pcm.length)), ...resampler.flush()];
  resampler.close();
  return joined(frames.map(({ data }) => data));
}
