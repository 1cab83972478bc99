import { voice } from '@livekit/agents';
import type { Log } from '../../telemetry/logger.ts';
import { safely } from '../safely.ts';

/**
 * Watches, by the clock, for a line on which nobody speaks. After `silenceSeconds` without a word of either side
 * `onCheckIn` is called, after as many again `onSilence`. Noise that the voice detector takes for speech, but of which no
 * word comes, counts as speech for so long only. Returns what stops it.
 */
export function watchSilence({
  session,
  silenceSeconds,
  onCheckIn,
  onSilence,
  log,
}: {
  session: voice.AgentSession;
  silenceSeconds: number;
  onCheckIn: () => void;
  onSilence: () => void;
  log: Log;
}): () => void {
  const limitMs = silenceSeconds * 1000;
  let quietSince = Date.now();
  let speakingSince: number | undefined;
  let checkedIn = false;

  const look = () => {
    const now = Date.now();
    const busy = session.agentState === 'speaking' || session.agentState === 'thinking';
    const talking = speakingSince !== undefined && now - speakingSince < limitMs;
    if (busy || talking) quietSince = now;
    if (now - quietSince < limitMs) return;
    quietSince = now;
    if (checkedIn) onSilence();
    else onCheckIn();
    checkedIn = true;
  };

  const onTranscribed = safely({ name: 'silence.transcribed', log }, (event: voice.UserInputTranscribedEvent) => {
    if (!event.transcript.trim()) return;
    quietSince = Date.now();
    checkedIn = false;
  });
  const onUserState = safely({ name: 'silence.userState', log }, (event: voice.UserStateChangedEvent) => {
    speakingSince = event.newState === 'speaking' ? Date.now() : undefined;
  });
  session.on(voice.AgentSessionEventTypes.UserInputTranscribed, onTranscribed);
  session.on(voice.AgentSessionEventTypes.UserStateChanged, onUserState);
  const timer = setInterval(safely({ name: 'silence.look', log }, look), Math.min(500, limitMs / 4));

  return () => {
    clearInterval(timer);
    session.off(voice.AgentSessionEventTypes.UserInputTranscribed, onTranscribed);
    session.off(voice.AgentSessionEventTypes.UserStateChanged, onUserState);
  };
}
