import type { RemoteParticipant } from '@livekit/rtc-node';
import { type CallEnd, type CallerReport, callerReport, type Transcribe } from './caller-report.ts';
import type { CallerScript } from './caller-script.ts';
import { agentFinished, answerBegins, type Conversation, takeStep, until } from './conversation.ts';
import { type Line, openLine } from './line.ts';
import { callerRateHz, type Utterance } from './microphone.ts';
import { type PreparedStep, prepareStep, type Speak } from './prepare-step.ts';
import { createRecording } from './recording.ts';
import type { SpeechDetectorOptions } from './speech-detector.ts';
import { writeWav } from './wav.ts';

/** The caller begins to speak, has spoken, hears the agent begin to answer, or begins to wait in silence. */
export type CallerMoment = 'speaks' | 'has spoken' | 'is answered' | 'waits';

export type CallerOptions = {
  /** WebSocket address of livekit-server. */
  url: string;
  /** Room token of the caller. */
  token: string;
  script: CallerScript;
  /** Needed when a step says text. */
  speak?: Speak;
  /** Without it the report has no words of the agent. */
  transcribe?: Transcribe;
  /** Longest call, after which the caller hangs up. */
  timeoutSeconds: number;
  /** Path of a WAV to write: caller left, agent right, on one clock. */
  recordTo?: string;
  /** Resolves when the call is answered. @default when the first audio track of an agent can be heard */
  answered?: Promise<unknown>;
  /** Who is listened to. @default participants of kind AGENT */
  isAgent?: (participant: RemoteParticipant) => boolean;
  detection?: SpeechDetectorOptions;
  /** Silence after which the agent counts as finished, in ms. @default 700 */
  agentFinishedMs?: number;
  /** How long an answer is waited for before the script goes on, in ms. @default 10000 */
  replyTimeoutMs?: number;
  /** After the script and the last answer: leave, or wait until the agent ends the call. @default 'hang-up' */
  atEnd?: 'hang-up' | 'wait-for-agent';
  /** Told of each moment of a step, as it passes. */
  onMoment?: (step: number, moment: CallerMoment) => void;
  signal?: AbortSignal;
};

/**
 * Makes one call as a caller would and measures it at the caller's end.
 * @throws Error when the script cannot be spoken or the room cannot be joined; what happens in the call is in the report
 */
export async function runCaller(options: CallerOptions): Promise<CallerReport> {
  const steps = await Promise.all(options.script.map((step) => prepareStep(step, options.speak, options.signal)));
  options.signal?.throwIfAborted();
  const startMs = performance.now();
  const mark = options.answered?.then(() => performance.now());
  const keeps = options.recordTo !== undefined || options.transcribe !== undefined;
  const recording = keeps ? createRecording({ startMs, sampleRateHz: callerRateHz }) : undefined;
  const over = new AbortController();
  const ended = Promise.withResolvers<CallEnd>();
  const end = (how: CallEnd) => {
    ended.resolve(how);
    over.abort(new Error(how.reason));
  };
  const endNow = (by: CallEnd['by'], reason: string) => end({ by, reason, atMs: performance.now() });
  const onAbort = () => endNow('aborted', 'the caller was told to stop');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const limit = setTimeout(
    () => endNow('timeout', `the call reached ${options.timeoutSeconds} s`),
    options.timeoutSeconds * 1000,
  );
  const utterances: (Utterance & { step: number })[] = [];
  let line: Line | undefined;
  let answeredMs: number | null = null;
  try {
    line = await openLine({
      url: options.url,
      token: options.token,
      isAgent: options.isAgent,
      detection: options.detection,
      recording,
      onEnd: end,
      onError: (error) => endNow('server', error.message),
    });
    const microphone = line.microphone;
    over.signal.addEventListener('abort', () => microphone.close(), { once: true });
    const call: Conversation = {
      line,
      agentFinishedMs: options.agentFinishedMs ?? 700,
      replyTimeoutMs: options.replyTimeoutMs ?? 10_000,
      signal: over.signal,
    };
    answeredMs = await answer(call, mark);
    await converse(call, { steps, answeredMs, utterances, onMoment: options.onMoment });
    if (options.atEnd === 'wait-for-agent') await until(() => false, over.signal);
    endNow('caller', 'the script was finished');
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(limit);
    options.signal?.removeEventListener('abort', onAbort);
    await line?.close();
  }
  if (recording && options.recordTo !== undefined) await writeWav(options.recordTo, recording.toWav());
  return callerReport({
    startMs,
    joinedMs: line?.joinedMs ?? null,
    answeredMs,
    ended: await ended.promise,
    steps,
    utterances,
    segments: line?.agentSegments() ?? [],
    recording,
    transcribe: options.transcribe,
    wavPath: options.recordTo ?? null,
  });
}

async function answer({ line, signal }: Conversation, mark?: Promise<number>): Promise<number> {
  if (mark) {
    let marked = false;
    const answered = mark.finally(() => (marked = true));
    await Promise.race([answered, until(() => marked, signal)]);
    return answered;
  }
  await until(() => line.agentTrackMs() !== null, signal);
  return line.agentTrackMs() ?? performance.now();
}

async function converse(
  call: Conversation,
  script: {
    steps: readonly PreparedStep[];
    answeredMs: number;
    utterances: (Utterance & { step: number })[];
    onMoment: CallerOptions['onMoment'];
  },
): Promise<void> {
  let sinceMs = script.answeredMs;
  for (const [step, prepared] of script.steps.entries()) {
    const tell = (moment: CallerMoment) => script.onMoment?.(step, moment);
    const utterance = await takeStep(call, {
      step: prepared,
      sinceMs,
      onSpeech: () => tell('speaks'),
      onWait: () => tell('waits'),
    });
    if (!utterance) continue;
    script.utterances.push({ step, ...utterance });
    sinceMs = utterance.endMs;
    tell('has spoken');
    if (script.onMoment)
      void answerBegins(call, sinceMs).then(
        (begins) => begins && tell('is answered'),
        () => undefined,
      );
  }
  if (script.steps.at(-1)?.expect.reply ?? true) await agentFinished(call, sinceMs);
}
