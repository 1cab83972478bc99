import { normalizeLanguage, stt } from '@livekit/agents';

/** What was heard. Times are seconds since the first frame of the stream. */
export type Heard = { text: string; startTime?: number; endTime?: number; confidence?: number; language: string };

/** One event of a transcriber. `requestId` is the provider's, for its support. */
export function heard(type: 'interim' | 'final', said: Heard, requestId?: string): stt.SpeechEvent {
  const { INTERIM_TRANSCRIPT, FINAL_TRANSCRIPT } = stt.SpeechEventType;
  return {
    type: type === 'final' ? FINAL_TRANSCRIPT : INTERIM_TRANSCRIPT,
    alternatives: [{ startTime: 0, endTime: 0, confidence: 0, ...said, language: normalizeLanguage(said.language) }],
    ...(requestId && { requestId }),
  };
}

export const speechStarts: stt.SpeechEvent = { type: stt.SpeechEventType.START_OF_SPEECH };
export const speechEnds: stt.SpeechEvent = { type: stt.SpeechEventType.END_OF_SPEECH };

/** Audio that was sent, for the SDK's own counters. */
export function audioUsed(seconds: number): stt.SpeechEvent {
  return { type: stt.SpeechEventType.RECOGNITION_USAGE, requestId: '', recognitionUsage: { audioDuration: seconds } };
}

/** The same event, said later: on the timeline of a stream that began earlier. */
export function shifted(event: stt.SpeechEvent, bySeconds: number): stt.SpeechEvent {
  if (!event.alternatives || bySeconds === 0) return event;
  const [first, ...others] = event.alternatives.map((data) => ({
    ...data,
    startTime: data.startTime + bySeconds,
    endTime: data.endTime + bySeconds,
  }));
  return first ? { ...event, alternatives: [first, ...others] } : event;
}
