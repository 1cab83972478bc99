import { AudioFrame, type AudioSource } from '@livekit/rtc-node';
import { defaultThreshold, audibleSpan } from './loudness.ts';
import type { Recording } from './recording.ts';

/** Rate of everything the caller sends, hears and records. */
export const callerRateHz = 16000;

/** When the caller's voice began and ended on the line: its first and last audible sample, monotonic ms. */
export type Utterance = { startMs: number; endMs: number };

export type Microphone = {
  /** Speaks after what is already being said; resolves when the last audible sample was sent. */
  say(pcm: Int16Array): Promise<Utterance>;
  /** Stops sending. What was not said yet is rejected. */
  close(): void;
};

const frameMs = 20;
const frameSamples = (callerRateHz * frameMs) / 1000;
/** Frames are handed over this long before they are due, so that a busy process does not tear the voice. */
const leadMs = 40;
/** The native queue hands on every 10 ms, at a phase nobody tells: on average a sample leaves half of that after it is due. */
const handOverMs = 5;
/** A line that takes no frames for so long is broken. */
const brokenMs = 1_000;

type Queued = {
  pcm: Int16Array;
  at: number;
  span: { start: number; end: number };
  startMs: number | null;
  resolve: (utterance: Utterance) => void;
  reject: (error: Error) => void;
};

/**
 * A microphone that never stops: 20 ms frames against the monotonic clock, silence between utterances as a phone sends it.
 * `source` must be mono at `callerRateHz` with a queue of 100 ms or more.
 */
export function createMicrophone(options: {
  source: AudioSource;
  recording?: Recording | undefined;
  /** The line broke: frames are no longer taken. */
  onError: (error: Error) => void;
}): Microphone {
  const queue: Queued[] = [];
  let closed = false;
  let dueMs = performance.now();
  let refused = 0;
  let timer = setTimeout(tick, 0);

  function tick(): void {
    const now = performance.now();
    // Later than the lead, the native queue ran dry and played silence: everything after it is heard that much later.
    if (now > dueMs) dueMs = now;
    while (dueMs - leadMs <= now) {
      send(nextFrame());
      dueMs += frameMs;
    }
    timer = setTimeout(tick, Math.max(1, dueMs - leadMs - performance.now()));
  }

  function nextFrame(): Int16Array {
    const frame = new Int16Array(frameSamples);
    const current = queue[0];
    if (!current) return frame;
    const part = current.pcm.subarray(current.at, current.at + frameSamples);
    frame.set(part);
    const sampleMs = (index: number) => dueMs + handOverMs + ((index - current.at) / callerRateHz) * 1000;
    const through = current.at + part.length;
    if (current.span.start < through) current.startMs ??= sampleMs(current.span.start);
    if (current.startMs !== null && current.span.end <= through) {
      const endMs = sampleMs(current.span.end);
      queue.shift();
      const { startMs, resolve } = current;
      setTimeout(() => resolve({ startMs, endMs }), Math.max(0, endMs - performance.now()));
    }
    current.at = through;
    return frame;
  }

  function send(frame: Int16Array): void {
    if (options.recording) options.recording.write('caller', dueMs + handOverMs, frame);
    options.source.captureFrame(new AudioFrame(frame, callerRateHz, 1, frameSamples)).then(
      () => (refused = 0),
      (error: unknown) => {
        // A process that gets no time to play leaves its queue full, and a frame is lost as on a bad line.
        refused += 1;
        if (!closed && refused * frameMs >= brokenMs)
          options.onError(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  return {
    say(pcm) {
      const span = audibleSpan(pcm, callerRateHz, defaultThreshold);
      if (!span) return Promise.reject(new Error('There is nothing audible to say: the recording is silent.'));
      if (closed) return Promise.reject(new Error('The caller has hung up.'));
      return new Promise((resolve, reject) => {
        queue.push({ pcm, at: 0, span, startMs: null, resolve, reject });
      });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const { reject } of queue.splice(0)) reject(new Error('The caller has hung up.'));
    },
  };
}
