import { voice } from '@livekit/agents';
import type { Log } from '../../telemetry/logger.ts';
import { safely } from '../safely.ts';

/** What is due on a line on which nobody speaks. Times are milliseconds of any one clock that never jumps. */
export class SilenceRule {
  readonly #limitMs: number;
  #quietSinceMs: number;
  #checkedIn = false;

  constructor({ silenceSeconds, nowMs }: { silenceSeconds: number; nowMs: number }) {
    this.#limitMs = silenceSeconds * 1000;
    this.#quietSinceMs = nowMs;
  }

  /** When something is due, if nobody speaks until then. */
  get dueMs(): number {
    return this.#quietSinceMs + this.#limitMs;
  }

  /** Either side speaks, or is about to. */
  spoken(nowMs: number): void {
    this.#quietSinceMs = nowMs;
  }

  /** The caller said a word: they are there. */
  heard(nowMs: number): void {
    this.#quietSinceMs = nowMs;
    this.#checkedIn = false;
  }

  /** What is due now: to ask whether anybody is there, and after as much silence again to end the call. */
  due(nowMs: number): 'check_in' | 'end' | undefined {
    if (nowMs < this.dueMs) return undefined;
    this.#quietSinceMs = nowMs;
    if (this.#checkedIn) return 'end';
    this.#checkedIn = true;
    return 'check_in';
  }
}

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
  const rule = new SilenceRule({ silenceSeconds, nowMs: performance.now() });
  let speakingSince: number | undefined;

  const look = () => {
    const now = performance.now();
    const busy = session.agentState === 'speaking' || session.agentState === 'thinking';
    const talking = speakingSince !== undefined && now - speakingSince < limitMs;
    if (busy || talking) rule.spoken(now);
    const due = rule.due(now);
    if (due === 'check_in') onCheckIn();
    if (due === 'end') onSilence();
  };

  const onTranscribed = safely({ name: 'silence.transcribed', log }, (event: voice.UserInputTranscribedEvent) => {
    if (event.transcript.trim()) rule.heard(performance.now());
  });
  const onUserState = safely({ name: 'silence.userState', log }, (event: voice.UserStateChangedEvent) => {
    speakingSince = event.newState === 'speaking' ? performance.now() : undefined;
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
