import { stt, type VAD } from '@livekit/agents';
import { AudioStream, type RemoteTrack } from '@livekit/rtc-node';
import type { Log } from '../../../telemetry/logger.ts';
import { inputFrameMs, sampleRateHz } from '../../conversation/sdk-pins.ts';
import type { FrameListener } from '../../sound/audio-input.ts';

/** What is wanted of a supervisor who speaks in the agent's place. */
export type SupervisorListener = {
  /** Times are those of `Date.now()`. */
  onWords(words: { text: string; startedAt: number; endedAt: number }): void;
  onFrame: FrameListener;
};

/** Hears a supervisor, with the recogniser of the call, beside the caller. Returns what stops it. */
export function hearSupervisor(
  track: RemoteTrack,
  { pipeline, listener, log }: { pipeline: { stt: stt.STT; vad: VAD }; listener: SupervisorListener; log: Log },
): () => void {
  const source = new AudioStream(track, { sampleRate: sampleRateHz, numChannels: 1, frameSizeMs: inputFrameMs });
  const reader = source.getReader();
  const streams = pipeline.stt.capabilities.streaming;
  const recogniser = streams ? pipeline.stt : new stt.StreamAdapter(pipeline.stt, pipeline.vad);
  const speech = recogniser.stream();
  let stopped = false;

  const hear = async () => {
    for (let first = true; !stopped; first = false) {
      const { done, value } = await reader.read();
      if (done || stopped) return;
      listener.onFrame(value, { first });
      speech.pushFrame(value);
    }
  };
  const understand = async () => {
    let startedAt: number | undefined;
    for await (const event of speech) {
      const text = event.alternatives?.[0].text.trim();
      if (!text) continue;
      startedAt ??= Date.now();
      if (event.type !== stt.SpeechEventType.FINAL_TRANSCRIPT) continue;
      listener.onWords({ text, startedAt, endedAt: Date.now() });
      startedAt = undefined;
    }
  };
  const failed = (error: unknown) => {
    if (!stopped) log('warn', 'a supervisor cannot be heard', { error });
  };
  void hear().catch(failed);
  void understand().catch(failed);
  return () => {
    stopped = true;
    void reader.cancel().catch(() => undefined);
    speech.close();
  };
}
