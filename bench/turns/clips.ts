import { createHash } from 'node:crypto';
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
  const folder = soundsFolder(cache);
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

/** Where the recordings are, which are fetched the first time. */
export function soundsFolder(cache: string): string {
  return fromPackage(voiceFolder, { cache, packages: [recordedPackage] });
}

/** A file or folder of Debian packages, as installed on this machine, else unpacked into the cache. */
export function fromPackage(path: string, { cache, packages }: { cache: string; packages: readonly string[] }): string {
  const system = join('/', path);
  if (existsSync(system)) return system;
  const unpacked = join(cache, path);
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('apt-get', ['download', ...packages], { cwd: cache, stdio: 'ignore' });
    const files = readdirSync(cache).filter((name) => packages.some((each) => name.startsWith(`${each}_`)));
    for (const file of files) execFileSync('dpkg-deb', ['-x', file, '.'], { cwd: cache });
  } catch (error) {
    throw new Error(`Install the Debian packages ${packages.join(' and ')}; ${system} is missing.`, { cause: error });
  }
  return unpacked;
}

/** The callers' sentences by the embedded voice and by another one, spoken once and kept. */
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
      for (const [voice, spoken] of [
        ['piper', await readWav(path)],
        ['slt', await readWav(speakWithFlite(text, { voice: 'slt', cache }))],
      ] as const) {
        const { pcm, sampleRateHz: rateHz } = toMono(spoken);
        const speech = withoutTail(pcm, rateHz);
        clips.push({ id: `${voice}-${kind}-${index}`, finished: kind === 'finished', words: text, speech, rateHz });
      }
    }
  return clips;
}

/** Voices of Flite, which Debian has: three men and a woman. */
export const fliteVoices = ['slt', 'awb', 'rms', 'kal16'] as const;

/** Speaks a text once. Answers the file. */
export function speakWithFlite(
  text: string,
  { voice, cache }: { voice: (typeof fliteVoices)[number]; cache: string },
): string {
  const path = join(cache, `${voice}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.wav`);
  if (existsSync(path)) return path;
  const flite = fromPackage('usr/bin/flite', { cache, packages: ['flite', 'libflite1'] });
  const libraries = join(cache, 'usr/lib/x86_64-linux-gnu');
  execFileSync(flite, ['-voice', voice, '-t', text, '-o', path], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  return path;
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
