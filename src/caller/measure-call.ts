import { type Distribution, distribution } from './distribution.ts';
import type { Utterance } from './microphone.ts';
import { isWord, type SpeechSegment } from './speech-detector.ts';

/** What came between two beginnings of the caller's speech. Times are ms on the call's clock. */
export type MeasuredTurn = {
  /** Index in the script; null for the greeting. */
  step: number | null;
  callerSpeech: Utterance | null;
  agentSpeech: SpeechSegment[];
  /** Caller's last audible sample (for the greeting: the answer) → agent's first. Null: no answer began after it. */
  responseMs: number | null;
  /** Caller's first audible sample → agent silent, when the agent was speaking. Null: it was not, or never stopped. */
  bargeInMs: number | null;
  /** The agent was speaking when the caller began. */
  interrupted: boolean;
  /** The agent began to speak before the caller had finished. */
  spokeOver: boolean;
  /** Silences of 200 ms and more within the agent's answer. */
  gapsMs: number[];
  /** Sounds of the agent too short to be a word: torn audio. They are no answer. */
  blips: number;
};

export type CallMetrics = {
  /** Answer → first audible sample of the agent. */
  greetingMs: Distribution;
  /** Caller's last audible sample → agent's first. */
  responseMs: Distribution;
  /** Caller's first audible sample over the agent → agent silent. */
  bargeInMs: Distribution;
  /** Silences within the agent's answers. */
  gapMs: Distribution;
  /** Longest time the caller heard nothing while it was the agent's turn. */
  longestSilenceMs: number;
};

export type HeardCall = {
  answeredMs: number;
  endedMs: number;
  utterances: readonly (Utterance & { step: number })[];
  /** Everything the agent was heard to say, in order of time. */
  segments: readonly SpeechSegment[];
};

/** Cuts a call into turns and measures each at the caller's end. */
export function measureCall(call: HeardCall): { turns: MeasuredTurn[]; metrics: CallMetrics } {
  const turns = [null, ...call.utterances].map((utterance, index) =>
    measureTurn(call, utterance, call.utterances[index]?.startMs ?? Infinity),
  );
  const numbers = (values: (number | null)[]) => values.filter((value) => value !== null);
  return {
    turns,
    metrics: {
      greetingMs: distribution(numbers(turns.slice(0, 1).map((turn) => turn.responseMs))),
      responseMs: distribution(numbers(turns.slice(1).map((turn) => turn.responseMs))),
      bargeInMs: distribution(numbers(turns.map((turn) => turn.bargeInMs))),
      gapMs: distribution(turns.flatMap((turn) => turn.gapsMs)),
      longestSilenceMs: Math.max(0, ...turns.flatMap((turn, index) => silences(call, turn, turns[index + 1]))),
    },
  };
}

function measureTurn(
  call: HeardCall,
  utterance: (Utterance & { step: number }) | null,
  nextStartMs: number,
): MeasuredTurn {
  const startMs = utterance?.startMs ?? -Infinity;
  const owedMs = utterance?.endMs ?? call.answeredMs;
  const sounds = call.segments.filter((segment) => segment.startMs >= startMs && segment.startMs < nextStartMs);
  const agentSpeech = sounds.filter(isWord);
  const spokenOver = call.segments.find(
    (segment) => segment.startMs < startMs && (segment.endMs === null || segment.endMs > startMs),
  );
  const answer = utterance ? agentSpeech.find((segment) => segment.startMs >= owedMs) : agentSpeech[0];
  return {
    step: utterance?.step ?? null,
    callerSpeech: utterance && { startMs: utterance.startMs, endMs: utterance.endMs },
    agentSpeech,
    responseMs: answer ? tenths(answer.startMs - owedMs) : null,
    bargeInMs: spokenOver && spokenOver.endMs !== null ? tenths(spokenOver.endMs - startMs) : null,
    interrupted: spokenOver !== undefined,
    spokeOver: utterance !== null && agentSpeech.some((segment) => segment.startMs < owedMs),
    blips: sounds.length - agentSpeech.length,
    gapsMs: agentSpeech
      .slice(1)
      .map((segment, index) => tenths(segment.startMs - (agentSpeech[index]?.endMs ?? segment.startMs))),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The answer's delay and the gaps within it; where no answer came, all the time until the caller spoke again or the end. */
function silences(call: HeardCall, turn: MeasuredTurn, next: MeasuredTurn | undefined): number[] {
  if (turn.responseMs !== null || turn.spokeOver) return [turn.responseMs ?? 0, ...turn.gapsMs];
  const owedMs = turn.callerSpeech?.endMs ?? call.answeredMs;
  return [tenths((next?.callerSpeech?.startMs ?? call.endedMs) - owedMs)];
}
