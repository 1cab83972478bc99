import { defaultThreshold, firstAudible, lastAudible, loudness } from './loudness.ts';

/** Audible speech on the wall clock. `lastMs` is its last audible sample so far; `endMs` the same, null while it may go on. */
export type SpeechSegment = { startMs: number; lastMs: number; endMs: number | null };

/** Whether a segment is long enough to be a word; shorter ones are torn scraps of audio. */
export function isWord({ startMs, lastMs }: SpeechSegment): boolean {
  return lastMs - startMs >= 100;
}

export type SpeechDetectorOptions = {
  /** Root mean square of a frame of signed 16-bit samples from which it counts as speech. @default 200 */
  threshold?: number;
  /** Silence that ends a segment, in ms. @default 200 */
  hangoverMs?: number;
  /** Sound shorter than this is a click and no speech, in ms. @default 20 */
  minSpeechMs?: number;
};

/** Finds speech by energy in frames that arrive in order. `segments` grows as it goes. */
export function createSpeechDetector(options: SpeechDetectorOptions = {}) {
  const threshold = options.threshold ?? defaultThreshold;
  const hangoverMs = options.hangoverMs ?? 200;
  const minSpeechMs = options.minSpeechMs ?? 20;
  const segments: SpeechSegment[] = [];
  let open: SpeechSegment | null = null;
  let candidateStartMs: number | null = null;

  function push(pcm: Int16Array, sampleRateHz: number, startMs: number): void {
    const endMs = startMs + (pcm.length / sampleRateHz) * 1000;
    if (loudness(pcm) >= threshold) {
      candidateStartMs ??= startMs + (firstAudible(pcm, threshold) / sampleRateHz) * 1000;
      const lastMs = startMs + ((lastAudible(pcm, threshold) + 1) / sampleRateHz) * 1000;
      if (open) open.lastMs = lastMs;
      else if (endMs - candidateStartMs >= minSpeechMs) {
        open = { startMs: candidateStartMs, lastMs, endMs: null };
        segments.push(open);
      }
    } else if (open) {
      if (endMs - open.lastMs >= hangoverMs) close();
    } else candidateStartMs = null;
  }

  /** Ends a segment that goes on, at the last audible sample: the audio stopped coming. */
  function close(): void {
    candidateStartMs = null;
    if (!open) return;
    open.endMs = open.lastMs;
    open = null;
  }

  return { segments, push, close };
}

export type SpeechDetector = ReturnType<typeof createSpeechDetector>;
