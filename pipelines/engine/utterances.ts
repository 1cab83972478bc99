import type { AudioFrame } from '@livekit/rtc-node';
import { loadLocalInference } from './local-inference.ts';
import { speechParts } from './speech-parts.ts';

/** What `createUtterances` heard in the last piece of audio. Times are seconds since the first. */
export type Heard =
  | { kind: 'start'; seconds: number }
  /** The speaker goes on. */
  | { kind: 'speech' }
  /** The speaker pauses: the utterance may be over. */
  | { kind: 'pause'; silenceMs: number }
  /** The utterance is over, or (`more`) grew so long that a part of it is cut off. */
  | { kind: 'end'; pcm: Int16Array; startSeconds: number; endSeconds: number; more: boolean };

const sampleRateHz = 16_000;
const windowSamples = 512;
const windowMs = (1000 * windowSamples) / sampleRateHz;
/** As the session's own voice activity detector, so that both speak of the same pauses. */
const speechFrom = 0.5;
const silenceBelow = 0.35;
const minSpeechMs = 50;
/** Shorter bursts of voice are coughs and clicks; recognition would make words of them. */
const minVoicedMs = 3 * windowMs;
const prefixSamples = 0.3 * sampleRateHz;
const longestSamples = 8 * sampleRateHz;
const pauseSamples = 0.1 * sampleRateHz;

/** `endSilenceMs` of silence end an utterance. The audio is mono, 16 kHz. */
export function createUtterances(options: { endSilenceMs: number }) {
  const vad = loadLocalInference().createVad();
  const window = new Int16Array(windowSamples);
  let windowed = 0;
  let samplesHeard = 0;

  const buffer = new Int16Array(longestSamples + prefixSamples + windowSamples);
  let buffered = 0;
  let speaking = false;
  let risingMs = 0;
  let voicedMs = 0;
  let silenceMs = 0;

  const soFar = () => buffer.slice(0, buffered);
  const keepLast = (samples: number) => {
    buffer.copyWithin(0, buffered - samples, buffered);
    buffered = samples;
  };

  /** The oldest `samples` of the buffer as an utterance; a cough has none. */
  function over(samples: number, more: boolean): Heard {
    const start = samplesHeard - buffered;
    const pcm = voicedMs < minVoicedMs ? new Int16Array(0) : buffer.slice(0, samples);
    const seconds = (sample: number) => sample / sampleRateHz;
    return { kind: 'end', pcm, startSeconds: seconds(start), endSeconds: seconds(start + samples), more };
  }

  function end(): Heard[] {
    const heard = speaking ? [over(buffered, false)] : [];
    speaking = false;
    risingMs = 0;
    voicedMs = 0;
    silenceMs = 0;
    keepLast(Math.min(buffered, prefixSamples));
    return heard;
  }

  function hearWindow(probability: number): Heard[] {
    buffer.set(window, buffered);
    buffered += windowSamples;
    const voice = probability >= speechFrom || (speaking && probability > silenceBelow);
    if (!speaking) {
      risingMs = voice ? risingMs + windowMs : 0;
      if (risingMs < minSpeechMs) {
        keepLast(Math.min(buffered, prefixSamples));
        return [];
      }
      speaking = true;
      voicedMs = risingMs;
      silenceMs = 0;
      return [{ kind: 'start', seconds: (samplesHeard - buffered) / sampleRateHz }];
    }
    silenceMs = voice ? 0 : silenceMs + windowMs;
    if (voice) voicedMs += windowMs;
    if (silenceMs >= options.endSilenceMs) return end();
    if (silenceMs > 0) return [{ kind: 'pause', silenceMs }];
    if (buffered <= longestSamples) return [{ kind: 'speech' }];
    const [part] = speechParts(soFar(), longestSamples, pauseSamples);
    const cut = part?.length ?? buffered;
    const heard = over(cut, true);
    keepLast(buffered - cut);
    return [heard];
  }

  return {
    /** Takes a frame of any length; gives what it completed. */
    async hear(frame: AudioFrame): Promise<Heard[]> {
      const heard: Heard[] = [];
      for (let offset = 0; offset < frame.data.length;) {
        const piece = frame.data.subarray(offset, offset + windowSamples - windowed);
        window.set(piece, windowed);
        windowed += piece.length;
        offset += piece.length;
        if (windowed < windowSamples) break;
        windowed = 0;
        samplesHeard += windowSamples;
        heard.push(...hearWindow(await vad.predict(window)));
      }
      return heard;
    },

    /** A copy of the utterance as far as it was heard, some 300 ms of what went before included. */
    soFar,

    /** Ends the utterance now, if there is one. */
    end,
  };
}

export type Utterances = ReturnType<typeof createUtterances>;
