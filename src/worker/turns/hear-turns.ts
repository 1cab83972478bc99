import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { Log } from '../../telemetry/logger.ts';
import { safely } from '../safely.ts';
import type { CallAudioInput } from '../sound/audio-input.ts';
import type { BackgroundGate } from './background-gate.ts';
import type { TurnDetector } from './turn-detector.ts';
import type { TurnEndings } from './turn-endings.ts';

/**
 * Lets both hear the caller. Returns what stops it; the SDK waits for the end of a turn before it closes a session, so that is to
 * come first.
 */
export function hearTurns({
  session,
  input,
  detector,
  endings,
  gate,
  log,
}: {
  session: voice.AgentSession;
  /** Null: the words come without sound. */
  input: Pick<CallAudioInput, 'onFrame'> | null;
  detector: TurnDetector;
  endings: TurnEndings;
  gate: BackgroundGate;
  log: Log;
}): () => void {
  const onFrame = safely({ name: 'turns.frame', log }, ({ data }: AudioFrame) => detector.sound.push(data));
  const onUserState = safely({ name: 'turns.userState', log }, ({ newState }: voice.UserStateChangedEvent) => {
    const speaking = newState === 'speaking';
    if (speaking) endings.speaks();
    detector.speaks(speaking);
  });
  const onTranscribed = safely({ name: 'turns.transcribed', log }, (event: voice.UserInputTranscribedEvent) => {
    if (!event.transcript.trim()) return;
    if (event.isFinal) gate.heardWords();
    endings.heard();
    detector.heard(event);
  });
  const { UserStateChanged, UserInputTranscribed, Close } = voice.AgentSessionEventTypes;
  session.on(UserStateChanged, onUserState);
  session.on(UserInputTranscribed, onTranscribed);
  const stopFrames = input?.onFrame(onFrame);
  const stop = () => {
    stopFrames?.();
    session.off(UserStateChanged, onUserState);
    session.off(UserInputTranscribed, onTranscribed);
    endings.close();
    detector.close();
  };
  session.once(Close, stop);
  return stop;
}
