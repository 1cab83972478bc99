import { voice } from '@livekit/agents';
import type { ProviderFailure } from '../../../pipelines/index.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAudioOutput } from '../sound/audio-output.ts';
import type { AnswerStage, CallAgent } from './call-agent.ts';
import { safely } from '../safely.ts';
import type { StockSentences } from './stock-sentences.ts';

/** What the caller waits for. */
export type WaitingStage = AnswerStage | 'stt';

const lookEveryMs = 100;
/** Between two fillers in one wait, from the end of the first. */
const nextFillerMs = 4_000;
/** A provider that fails makes the wait a long one: the filler need not wait for its time. */
const failedFillerMs = 800;
/** From the end of the caller's speech to its final transcript, where words or a second of speech were heard. */
const transcriptMs = 1_750;
const shortestSpeechMs = 1_000;
/** In which another recogniser hears again what was said. */
const replayMs = 6_000;
/** Noise can sound like speech of which no word comes: a recogniser is suspected no more often. */
const suspectEveryMs = 30_000;

export type NeverSilent = {
  /** Tells it of a failure, before the next provider is tried. */
  failed(failure: ProviderFailure): void;
  stop: () => void;
};

/**
 * Watches, at the agent's end of the line, every moment in which the caller waits for it: for the transcript of what they
 * said, for the first words and the next ones of the answer, for its sound, for a tool. When one takes too long, a filler
 * is heard that was synthesised before; when it takes far too long, or nobody is left who could do it, the call is given
 * up. The providers have deadlines of their own, after which another takes over within the answer.
 */
export function neverSilent({
  session,
  agent,
  output,
  stock,
  fillerAfterMs,
  patienceMs,
  suspectEars,
  onFiller,
  giveUp,
  log,
}: {
  session: voice.AgentSession;
  agent: Pick<CallAgent, 'stage' | 'heard' | 'holdsBack'>;
  output: Pick<CallAudioOutput, 'isAudible' | 'interlude'>;
  stock: Omit<StockSentences, 'meanwhile'>;
  /** Silence in which the caller waits, until the first filler. */
  fillerAfterMs: number;
  /** The longest wait for an answer. A tool may take any time. */
  patienceMs: number;
  /** The recogniser heard speech and says nothing: another one should hear it again. */
  suspectEars: () => void;
  onFiller: (filler: { text: string; stage: WaitingStage; waitedMs: number }) => void;
  giveUp: (stage: Exclude<WaitingStage, 'tool'>) => void;
  log: Log;
}): NeverSilent {
  let waitingSince: number | undefined;
  let quietSince = performance.now();
  let fillers = 0;
  let inThisWait = 0;
  /** A filler sounds, or is about to. */
  let filling = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  /** What the caller said last, until its transcript is there. */
  let speech: { startMs: number; endMs: number | undefined } | undefined;
  /** The caller waits for a recogniser: until then, unless it was noise. */
  let earsLateUntil = Number.NEGATIVE_INFINITY;
  let suspectedAt = Number.NEGATIVE_INFINITY;
  /** Times in a row that words were begun and never finished. */
  let unfinished = 0;
  /** Nobody is left who could finish the answer under way. */
  let lost: ProviderFailure | undefined;
  let repeats = 0;
  let over = false;

  const waitingFor = (): WaitingStage | undefined => {
    if (session.agentState === 'thinking' || session.agentState === 'speaking') return agent.stage;
    return !agent.holdsBack && performance.now() < earsLateUntil ? 'stt' : undefined;
  };
  const end = (stage: Exclude<WaitingStage, 'tool'>) => {
    over = true;
    giveUp(stage);
  };
  const fill = (stage: WaitingStage, now: number) => {
    const filler = stock.fillers[fillers % Math.max(1, stock.fillers.length)];
    inThisWait += 1;
    if (!filler || filling) return;
    fillers += 1;
    filling = true;
    const waitedMs = Math.round(now - quietSince);
    const said = output.interlude(filler.frames).then((wasHeard) => {
      if (wasHeard) onFiller({ text: filler.text, stage, waitedMs });
    });
    said
      .catch((error: unknown) => log('warn', 'a filler could not be played', { error }))
      .finally(() => {
        // The pause before the next one begins where this one ends.
        filling = false;
        quietSince = performance.now();
      });
  };

  const look = () => {
    if (over) return;
    const now = performance.now();
    // A machine is on the line, and nothing that it says is to be answered.
    if (agent.holdsBack) [speech, quietSince] = [undefined, now];
    if (speech && agent.heard.finalMs > speech.startMs) [speech, earsLateUntil, unfinished] = [undefined, 0, 0];
    if (speech?.endMs !== undefined && now - speech.endMs > transcriptMs) missTranscript(now);
    if (over) return;
    const stage = waitingFor();
    if (output.isAudible) [waitingSince, inThisWait, repeats, lost] = [undefined, 0, 0, undefined];
    if (output.isAudible || stage === undefined || session.userState === 'speaking') {
      quietSince = now;
      if (stage === undefined) [waitingSince, inThisWait] = [undefined, 0];
      return;
    }
    waitingSince ??= now;
    if (now - waitingSince > patienceMs && stage !== 'tool') return end(stage);
    const dueMs = inThisWait > 0 ? nextFillerMs : failedAt >= waitingSince ? failedFillerMs : fillerAfterMs;
    if (now - quietSince >= dueMs && !filling) fill(stage, now);
  };

  /** The caller has stopped, and what they said does not come. */
  const missTranscript = (now: number) => {
    const { startMs, endMs = now } = speech!;
    speech = undefined;
    const anyWords = agent.heard.wordsMs > startMs;
    if (anyWords) unfinished += 1;
    if (unfinished > 1) return end('stt');
    if ((!anyWords && endMs - startMs < shortestSpeechMs) || now - suspectedAt < suspectEveryMs) return;
    suspectedAt = now;
    earsLateUntil = now + replayMs;
    quietSince = endMs;
    log('warn', 'no transcript of what the caller said; another recogniser is to hear it again');
    suspectEars();
  };

  const onUserState = ({ newState }: voice.UserStateChangedEvent) => {
    const now = performance.now();
    if (newState === 'speaking') speech = { startMs: now, endMs: undefined };
    else if (speech) speech.endMs = now;
  };
  /** An answer that nobody could finish is asked for once more, where that may help; then the call is given up. */
  const onAgentState = ({ newState }: voice.AgentStateChangedEvent) => {
    if (newState !== 'listening' || !lost || over || session.userState === 'speaking') return;
    const { role, error } = lost;
    lost = undefined;
    repeats += 1;
    if (repeats > 1 || !error.retryable) return end(role);
    if (inThisWait === 0) fill(role, performance.now());
    session.generateReply();
  };

  const stops: (() => void)[] = [];
  const on: typeof session.on = (event, handler) => {
    stops.push(() => session.off(event, handler));
    return session.on(event, handler);
  };
  on(voice.AgentSessionEventTypes.UserStateChanged, safely({ name: 'silent.userState', log }, onUserState));
  on(voice.AgentSessionEventTypes.AgentStateChanged, safely({ name: 'silent.agentState', log }, onAgentState));
  const timer = setInterval(safely({ name: 'silent.look', log }, look), lookEveryMs);
  return {
    failed: (failure) => {
      const now = performance.now();
      failedAt = now;
      if (failure.role !== 'stt') {
        if (!failure.next && !failure.again) lost = failure;
      } else if (speech || now < earsLateUntil) {
        if (speech?.endMs !== undefined) {
          // The caller waits since they stopped, not since it was noticed why.
          if (waitingSince === undefined) waitingSince = quietSince = speech.endMs;
          speech.endMs = now;
        }
        earsLateUntil = now + replayMs;
      }
    },
    stop: () => {
      clearInterval(timer);
      for (const stop of stops.splice(0)) stop();
    },
  };
}
