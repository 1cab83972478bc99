import type { LineEnd } from './line.ts';
import { type CallMetrics, measureCall, type MeasuredTurn } from './measure-call.ts';
import { callerRateHz, type Utterance } from './microphone.ts';
import type { PreparedStep } from './prepare-step.ts';
import type { Recording } from './recording.ts';
import type { Pcm } from './wav.ts';
import type { SpeechSegment } from './speech-detector.ts';

/** The caller's understanding of 16 kHz mono audio. */
export type Transcribe = (audio: Pcm, signal?: AbortSignal) => Promise<string>;

export type CallerTurn = MeasuredTurn & {
  /** The text or the file that the caller said; null for the greeting and for samples. */
  said: string | null;
  /** What the caller heard, where `transcribe` was given. */
  heardText: string | null;
};

/** Who ended the call. `timeout`: it reached its longest time; `aborted`: the caller's own signal. */
export type CallEnd = { by: 'caller' | 'timeout' | 'aborted' | LineEnd['by']; reason: string; atMs: number };

/** Times are ms since the caller began to join. */
export type CallerReport = {
  /** An agent answered and every expectation was met. */
  ok: boolean;
  /** What was not as expected, one sentence each. */
  problems: string[];
  /** Time 0 on this process's monotonic clock (`performance.now()`), to compare with what else happened in it. */
  clockStartMs: number;
  joinedMs: number | null;
  /** Null: nobody answered. */
  answeredMs: number | null;
  turns: CallerTurn[];
  metrics: CallMetrics;
  ended: CallEnd;
  wavPath: string | null;
};

/** What a call left behind, on the monotonic clock. */
export type CallTrace = {
  startMs: number;
  joinedMs: number | null;
  answeredMs: number | null;
  ended: CallEnd;
  steps: readonly PreparedStep[];
  utterances: readonly (Utterance & { step: number })[];
  segments: readonly SpeechSegment[];
  recording: Recording | undefined;
  transcribe: Transcribe | undefined;
  wavPath: string | null;
};

/** Measures a finished call, hears what the agent said and judges the expectations. */
export async function callerReport(trace: CallTrace): Promise<CallerReport> {
  const { startMs, steps, answeredMs } = trace;
  const since = (ms: number) => Math.round((ms - startMs) * 10) / 10;
  const { turns: measured, metrics } = measureCall({
    answeredMs: since(answeredMs ?? trace.ended.atMs),
    endedMs: since(trace.ended.atMs),
    utterances: trace.utterances.map(({ step, ...speech }) => ({
      step,
      startMs: since(speech.startMs),
      endMs: since(speech.endMs),
    })),
    segments: trace.segments.map((segment) => ({
      startMs: since(segment.startMs),
      lastMs: since(segment.lastMs),
      endMs: segment.endMs === null ? null : since(segment.endMs),
    })),
  });
  const turns: CallerTurn[] = [];
  for (const turn of measured)
    turns.push({
      ...turn,
      said: turn.step === null ? null : (steps[turn.step]?.said ?? null),
      heardText: await hear(turn, trace),
    });
  const problems = judge(turns, steps);
  if (answeredMs === null) problems.unshift('Nobody answered: no agent published audio.');
  return {
    ok: problems.length === 0,
    problems,
    clockStartMs: startMs,
    joinedMs: trace.joinedMs === null ? null : since(trace.joinedMs),
    answeredMs: answeredMs === null ? null : since(answeredMs),
    turns,
    metrics,
    ended: { ...trace.ended, atMs: since(trace.ended.atMs) },
    wavPath: trace.wavPath,
  };
}

async function hear(turn: MeasuredTurn, trace: CallTrace): Promise<string | null> {
  const [first, last] = [turn.agentSpeech[0], turn.agentSpeech.at(-1)];
  if (!trace.transcribe || !trace.recording) return null;
  if (!first || !last) return '';
  // Recognisers want a little silence around the words.
  const from = trace.startMs + first.startMs - 150;
  const to = last.endMs === null ? trace.ended.atMs : trace.startMs + last.endMs + 150;
  return trace.transcribe({ pcm: trace.recording.slice('agent', from, to), sampleRateHz: callerRateHz });
}

function judge(turns: readonly CallerTurn[], steps: readonly PreparedStep[]): string[] {
  return steps.flatMap(({ expect, audio }, index) => {
    const turn = turns.find(({ step }) => step === index);
    const name = `Step ${index + 1}`;
    if (!turn) return audio ? [`${name}: the call ended before it was said.`] : [];
    const problems: string[] = [];
    const { responseMs, bargeInMs, interrupted, heardText } = turn;
    if (expect.reply && turn.agentSpeech.length === 0) problems.push(`${name}: the agent did not answer.`);
    if (expect.withinMs !== undefined && responseMs !== null && responseMs > expect.withinMs)
      problems.push(`${name}: the agent answered after ${responseMs} ms; ${expect.withinMs} ms were allowed.`);
    if (expect.silentWithinMs !== undefined && interrupted && (bargeInMs ?? Infinity) > expect.silentWithinMs)
      problems.push(
        `${name}: the agent ${bargeInMs === null ? 'went on speaking' : `fell silent after ${bargeInMs} ms`}; ${expect.silentWithinMs} ms were allowed.`,
      );
    if (expect.silentWithinMs !== undefined && !interrupted)
      problems.push(`${name}: the agent was not speaking, so it could not be interrupted.`);
    if (expect.heard !== undefined && !new RegExp(expect.heard, 'i').test(heardText ?? ''))
      problems.push(`${name}: “${expect.heard}” was not heard${heardText === null ? ' (no `transcribe`)' : ''}.`);
    return problems;
  });
}
