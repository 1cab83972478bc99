import type { stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { createUtterances } from '../engine/utterances.ts';
import { Attempt } from '../fallback/attempt.ts';
import { heard, speechEnds, speechStarts } from '../text/heard.ts';
import { flush, type TranscribeRequest } from './transcriber.ts';

const rateHz = 16_000;

/** Recognition by a server that transcribes whole utterances: they are found by voice activity, so there are no interim results. */
export async function* utteranceRequests(job: {
  provider: string;
  request: TranscribeRequest;
  /** Silence that ends an utterance, milliseconds. */
  endSilenceMs: number;
  /** Milliseconds in which an utterance must be transcribed. */
  timeoutMs: number;
  cure: string;
  /** BCP 47, told with what was heard. */
  language: string;
  /** The words of one utterance, mono at 16 kHz; an empty text where there are none. */
  transcribe: (utterance: AudioFrame, signal: AbortSignal) => Promise<string>;
}): AsyncGenerator<stt.SpeechEvent> {
  const { audio, signal } = job.request;
  const utterances = createUtterances({ endSilenceMs: job.endSilenceMs });
  async function* follow(events: ReturnType<typeof utterances.end>): AsyncGenerator<stt.SpeechEvent> {
    for (const event of events) {
      if (event.kind === 'start') yield speechStarts;
      if (event.kind !== 'end') continue;
      if (event.pcm.length > 0) yield* transcribed(job, event);
      if (!event.more) yield speechEnds;
    }
  }
  try {
    for await (const item of audio) yield* follow(item === flush ? utterances.end() : await utterances.hear(item));
    yield* follow(utterances.end());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function* transcribed(
  { provider, request, timeoutMs, cure, language, transcribe }: Parameters<typeof utteranceRequests>[0],
  { pcm, startSeconds, endSeconds }: { pcm: Int16Array; startSeconds: number; endSeconds: number },
): AsyncGenerator<stt.SpeechEvent> {
  const attempt = new Attempt(provider, request.signal, cure);
  try {
    attempt.expect('transcript', timeoutMs);
    const text = await transcribe(new AudioFrame(pcm, rateHz, 1, pcm.length), attempt.signal);
    if (text.trim())
      yield heard('final', { text: text.trim(), startTime: startSeconds, endTime: endSeconds, language });
  } catch (error) {
    throw attempt.reason(error);
  } finally {
    attempt.end();
  }
}
