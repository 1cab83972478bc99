import { voice } from '@livekit/agents';
import { BeepDetector } from '../../../../telephony/index.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallAudioInput } from '../../sound/audio-input.ts';
import { safely } from '../../safely.ts';
import { sampleRateHz } from '../../conversation/sdk-pins.ts';

/** What is heard of whoever answered. */
export type LineEvents = {
  speech: (speaking: boolean) => void;
  words: (text: string, final: boolean) => void;
  /** A beep has just ended. */
  beep: () => void;
};

/**
 * Hears the line beside the session, with the voice detector and the recogniser that the session has anyway. Returns what
 * stops it.
 */
export function hearLine(
  { session, input, log }: { session: voice.AgentSession; input: CallAudioInput; log: Log },
  on: LineEvents,
): () => void {
  const beeps = new BeepDetector(sampleRateHz);
  const onFrame = safely({ name: 'line.frame', log }, ({ data }: { data: Int16Array }) => {
    if (beeps.push(data)) on.beep();
  });
  const onUserState = safely({ name: 'line.userState', log }, ({ newState }: voice.UserStateChangedEvent) =>
    on.speech(newState === 'speaking'),
  );
  const onTranscribed = safely({ name: 'line.transcribed', log }, (event: voice.UserInputTranscribedEvent) => {
    if (event.transcript.trim()) on.words(event.transcript, event.isFinal);
  });
  const { UserStateChanged, UserInputTranscribed } = voice.AgentSessionEventTypes;
  session.on(UserStateChanged, onUserState);
  session.on(UserInputTranscribed, onTranscribed);
  const stopFrames = input.onFrame(onFrame);
  return () => {
    stopFrames();
    session.off(UserStateChanged, onUserState);
    session.off(UserInputTranscribed, onTranscribed);
  };
}
