import { ReadableStream } from 'node:stream/web';
import type { tts, voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';

/** A sentence that is already sound, to be spoken without waiting for a synthesiser. */
export type PreparedSpeech = { text: string; frames: readonly AudioFrame[] };

/** @throws what the voice throws, or the signal's reason */
export async function prepareSpeech(request: {
  voice: tts.TTS;
  text: string;
  signal: AbortSignal;
}): Promise<PreparedSpeech> {
  const { voice: speaker, text, signal } = request;
  const sound = speaker.capabilities.streaming ? streamed(speaker, text) : speaker.synthesize(text);
  const stop = () => sound.close();
  signal.addEventListener('abort', stop, { once: true });
  const frames: AudioFrame[] = [];
  try {
    for await (const audio of sound) if (typeof audio !== 'symbol') frames.push(audio.frame);
  } finally {
    signal.removeEventListener('abort', stop);
    sound.close();
  }
  signal.throwIfAborted();
  if (frames.length === 0) throw new Error(`${speaker.label} made no sound of ${text.length} characters.`);
  return { text, frames };
}

function streamed(speaker: tts.TTS, text: string): tts.SynthesizeStream {
  const sound = speaker.stream();
  sound.pushText(text);
  sound.flush();
  sound.endInput();
  return sound;
}

/** Speaks it. @throws when the session is closing */
export function sayPrepared(
  session: voice.AgentSession,
  { text, frames }: PreparedSpeech,
  options: { allowInterruptions: boolean },
): voice.SpeechHandle {
  return session.say(text, { ...options, audio: ReadableStream.from(frames) });
}
