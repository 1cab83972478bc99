/**
 * Every default of the LiveKit SDK that Parley does not leave alone, and the workarounds that reach into it. Written
 * against @livekit/agents 1.9.0 and @livekit/rtc-node 0.13.35; to be read again with every upgrade.
 *
 * Not set, on purpose: `LIVEKIT_DEV_MODE`, `LIVEKIT_REMOTE_EOT_URL` and `LIVEKIT_INFERENCE_URL`, which send audio to the
 * vendor's cloud.
 */
import { type VAD, initializeLogger, type llm, type stt, type tts, type voice } from '@livekit/agents';
import { AudioResampler, type Room } from '@livekit/rtc-node';
import { pino } from 'pino';
import type { Agent } from '../../agent-files/agent.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { TurnDetector } from '../turns/turn-detector.ts';

/** All audio inside a call: mono, signed 16 bit. Telephone audio has nothing above 4 kHz, and recognisers want 16 kHz. */
export const sampleRateHz = 16000;

/** Length of the caller's frames: one window of the voice detector. Every frame costs the same, so long ones cost less. */
export const inputFrameMs = 32;

/** A line of the SDK is not repeated sooner. */
const quietMs = 10_000;

/**
 * Lets the SDK log into ours, from `warn` on: below, it writes down whole transcripts. It marks personal data by names
 * with `pii` in them, and these fields are dropped. Its own logger knows no destination but standard output.
 */
export function startSdk(log: Log): void {
  // The native library calls back in the context in which it was woken: here it is that of no call, while a call's would
  // become the parent of whatever the events of other calls begin.
  new AudioResampler(sampleRateHz, sampleRateHz, 1).close();
  initializeLogger({ pretty: false, level: 'warn' });
  const saidAt = new Map<unknown, number>();
  const forward = (line: string) => {
    const {
      level,
      msg,
      time: _time,
      pid: _pid,
      hostname: _host,
      ...rest
    } = JSON.parse(line) as Record<string, unknown>;
    // On a busy machine every call says the same many times a second.
    if (performance.now() - (saidAt.get(msg) ?? -Infinity) < quietMs) return;
    saidAt.set(msg, performance.now());
    const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.includes('pii')));
    log(Number(level) >= pino.levels.values['error']! ? 'error' : 'warn', `SDK: ${String(msg)}`, fields);
  };
  const place = globalThis as { [name: symbol]: unknown };
  place[Symbol.for('@livekit/agents:logger')] = pino(
    { level: 'warn', serializers: { error: pino.stdSerializers.err } },
    { write: forward },
  );
}

/**
 * What every session is made with. `detector` says when a turn is over, and the SDK adds nothing to that.
 * The SDK would otherwise pick models of the vendor's cloud, swallow the caller's first three seconds, record, and let a
 * stalled language model keep the caller waiting for 44 s.
 */
export function sessionOptions(request: {
  pipeline: { vad: VAD; stt: stt.STT; llm: llm.LLM; tts: tts.TTS };
  turn: Agent['turn'];
  detector: TurnDetector;
}): voice.AgentSessionOptions {
  const { pipeline, turn, detector } = request;
  return {
    // Always a VAD: without one the SDK leaves one branch of the audio unread, and it grows for the whole call.
    vad: pipeline.vad,
    stt: pipeline.stt,
    llm: pipeline.llm,
    tts: pipeline.tts,
    turnHandling: {
      turnDetection: detector,
      endpointing: { mode: 'fixed', minDelay: turn.min_endpointing_ms, maxDelay: turn.min_endpointing_ms },
      interruption: {
        enabled: turn.interruptible,
        mode: 'vad',
        minDuration: turn.min_interruption_ms,
        minWords: turn.interruption_words,
        // What the caller says while the agent may not be interrupted still counts as an answer.
        discardAudioIfUninterruptible: false,
        resumeFalseInterruption: true,
        // Sound of which no word comes: a cough. Words that come later still interrupt.
        falseInterruptionTimeout: 1000,
        backchannelBoundary: null,
      },
      preemptiveGeneration: { enabled: true, preemptiveTts: true, maxSpeechDuration: 10_000, maxRetries: 3 },
    },
    connOptions: {
      sttConnOptions: { maxRetry: 2, retryIntervalMs: 500, timeoutMs: 5_000 },
      llmConnOptions: { maxRetry: 1, retryIntervalMs: 200, timeoutMs: 4_000 },
      ttsConnOptions: { maxRetry: 1, retryIntervalMs: 200, timeoutMs: 4_000 },
      // Answers that are only guessed ahead may fail too; never-silent.ts decides when a call is given up.
      maxUnrecoverableErrors: 1_000,
    },
    // The SDK's filter waits for the second of two marks, and holds back everything until then; ours reads sentence by sentence.
    ttsTextTransforms: null,
    // Silence and length are watched by the clock, in silence-watch.ts and length-limit.ts.
    userAwayTimeout: null,
    // The echo of our own voice is cancelled by the browser or the phone; the warm-up only deafens the first answer.
    aecWarmupDuration: null,
    transcriptionTimeout: 4_000,
    maxToolSteps: 4,
  };
}

type Pausing = { pausedSpeech?: unknown; startFalseInterruptionTimer?: (timeoutMs: number) => void };

/** Goes on with the speech that the caller's voice made pause, without waiting for `falseInterruptionTimeout`. */
export function resumePaused(session: voice.AgentSession): void {
  const activity = session._activity as unknown as Pausing | undefined;
  if (!activity?.pausedSpeech) return;
  if (!activity.startFalseInterruptionTimer)
    throw new Error('@livekit/agents has changed inside: read src/worker/conversation/sdk-pins.ts again.');
  activity.startFalseInterruptionTimer(0);
}

/**
 * Gives a session what the caller said, complete, as its own recogniser and end-of-turn detection do. Resolves once the session has
 * taken it; false: it is too short to interrupt the agent, and goes no further.
 */
export async function endTurn(session: voice.AgentSession, text: string): Promise<boolean> {
  const activity = session._activity;
  if (!activity) throw new Error('The session is not running.');
  const now = Date.now();
  return activity.onEndOfTurn({
    newTranscript: text,
    transcriptConfidence: 1,
    startedSpeakingAt: now,
    stoppedSpeakingAt: now,
    transcriptionDelay: 0,
    endOfUtteranceDelay: 0,
  });
}

type Hearing = { audioRecognition?: { lastSpeakingTime?: number } };

/** Words come sooner than that; what looks longer is a correction of the clock, which the SDK goes by. */
const longestAgoMs = 10_000;

/** How long ago the voice detector last heard the caller speak, milliseconds; undefined between turns. */
export function soundAgoMs(session: voice.AgentSession): number | undefined {
  const at = (session._activity as unknown as Hearing | undefined)?.audioRecognition?.lastSpeakingTime;
  return at === undefined ? undefined : Math.min(Math.max(Date.now() - at, 0), longestAgoMs);
}

/** Nothing is recorded by the SDK, and no audio or transcript goes through rooms of its own making. */
export const startOptions = { record: false } as const;

/** No adaptive stream or dynacast: a call has one audio track each way. */
export const roomOptions = { autoSubscribe: true, dynacast: false } as const;

type Internals = { onFfiEvent?: (event: FfiEvent) => unknown };
type FfiEvent = { message: { case?: string } };
type Ffi = { on(name: string, listener: unknown): void; off(name: string, listener: unknown): void };

/** Events of audio, of which there are hundreds per second, and which no Room has any use for. */
const audioEvents = new Set(['audioStreamEvent', 'captureAudioFrame']);

/**
 * Keeps audio away from a connected Room, and returns what takes the Room off the native event source.
 *
 * Every Room of the process is offered every event of all of them and takes a lock for each, which costs more with every
 * call. And a Room that the server closed stays attached for good, because its `disconnect` then does nothing.
 */
export function tameRoom(room: Room): () => void {
  const ffi = (globalThis as { _ffiClientInstance?: Ffi })._ffiClientInstance;
  const { onFfiEvent } = room as unknown as Internals;
  if (!ffi || !onFfiEvent)
    throw new Error('@livekit/rtc-node has changed inside: read src/worker/conversation/sdk-pins.ts again.');
  const withoutAudio = (event: FfiEvent) => {
    if (!audioEvents.has(event.message.case ?? '')) void onFfiEvent(event);
  };
  ffi.off('ffi_event', onFfiEvent);
  ffi.on('ffi_event', withoutAudio);
  return () => ffi.off('ffi_event', withoutAudio);
}
