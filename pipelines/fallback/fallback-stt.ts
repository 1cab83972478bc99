import { stt } from '@livekit/agents';
import { setTimeout as sleep } from 'node:timers/promises';
import { Attempt } from './attempt.ts';
import { AudioTape } from './audio-tape.ts';
import { ProviderError } from '../errors.ts';
import { shifted } from '../text/heard.ts';
import { frameSeconds } from '../wire/pcm.ts';
import type { Standby, Standbys } from './standby.ts';
import { Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';

const { START_OF_SPEECH, INTERIM_TRANSCRIPT, PREFLIGHT_TRANSCRIPT, FINAL_TRANSCRIPT, END_OF_SPEECH } =
  stt.SpeechEventType;

/** Failures in a row after which the call is deaf for good: per provider, and at least where they may pass. */
const mostFailures = { perProvider: 4, passing: 8 };
/** The pause before the second of them, which grows by as much each time. */
const pauseMs = 250;
/** A dropped connection is opened again at the same provider, unless that happened within this time. */
const reconnectEveryMs = 10_000;
/** Speech without a word from the recogniser, seconds: of one that tells interim results, and of one that tells only finals. */
const deafSeconds = { interim: 5, final: 15 };

/**
 * The recognisers of a call as one. When one fails or goes deaf, the next hears again what had no final transcript yet;
 * when a better one serves again, it takes over at the next pause.
 */
export class FallbackTranscriber extends Transcriber {
  readonly #standbys: Standbys<Transcriber>;
  readonly #onSpeech: () => void;
  #listening: Listening | undefined;
  /** Told when a recogniser that finds ends of turns found one, with its probability, 0 to 1, before its transcript is. */
  onTurnOver: ((probability: number) => void) | undefined;

  /** `onSpeech` is called again and again while the caller speaks: the moment to warm up the rest of the pipeline. */
  constructor(standbys: Standbys<Transcriber>, onSpeech: () => void) {
    super(standbys);
    this.#standbys = standbys;
    this.#onSpeech = onSpeech;
  }

  async *transcribe({ audio, signal }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    let listening: Listening | undefined;
    const tape = new AudioTape(audio, (frame, isVoiced) => listening?.hears(frameSeconds(frame), isVoiced));
    const talk = { isOn: false };
    let failures = 0;
    let reconnectedAt = Number.NEGATIVE_INFINITY;
    try {
      for (let again: Standby<Transcriber> | undefined; !signal.aborted;) {
        const standby: Standby<Transcriber> = again ?? this.#standbys.at(failures);
        again = undefined;
        this.#standbys.serving = standby;
        listening = this.#listening = new Listening(standby, signal);
        try {
          if ((yield* this.#listen({ listening, tape, talk })) === 'ended') return;
          failures = 0;
        } catch (caught) {
          if (signal.aborted) return;
          const error = listening.attempt.reason(caught);
          failures = listening.events > 0 ? 1 : failures + 1;
          if (listening.wasDropped(error) && performance.now() - reconnectedAt > reconnectEveryMs) {
            reconnectedAt = performance.now();
            again = standby;
            continue;
          }
          const lasts = error instanceof ProviderError && !error.retryable;
          const most = mostFailures.perProvider * this.#standbys.all.length;
          const isLast = failures >= (lasts ? most : Math.max(most, mostFailures.passing));
          const failure = this.#standbys.failed(standby, error, {
            next: () => (isLast ? undefined : this.#standbys.at(failures)),
            midStream: listening.events > 0,
          });
          if (isLast) throw failure;
          if (failures > this.#standbys.all.length) await sleep(pauseMs * failures, undefined, { signal });
        } finally {
          listening.attempt.end();
          this.#standbys.report(standby, {
            model: standby.instance.model,
            quantity: listening.seconds,
            unit: 'audio_second',
          });
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      tape.stop();
    }
  }

  /** Somebody else heard speech of which no transcript came: the next recogniser is to hear it again. */
  suspect(): void {
    const message = 'no transcript came of what was said.';
    this.#listening?.attempt.fail(new ProviderError('timeout', this.#standbys.serving.name, message));
  }

  override async close(): Promise<void> {
    await Promise.allSettled(this.#standbys.all.map(({ instance }) => instance.close()));
  }

  async *#listen(work: {
    listening: Listening;
    tape: AudioTape;
    talk: { isOn: boolean };
  }): AsyncGenerator<stt.SpeechEvent, 'ended' | 'better one'> {
    const { listening, tape, talk } = work;
    const { standby, attempt } = listening;
    const { audio, startSeconds } = tape.play();
    for await (const event of standby.instance.transcribe({ audio, signal: attempt.signal })) {
      const wasSpeaking = talk.isOn;
      const { type } = event;
      if (listening.events === 0) this.#standbys.succeeded(standby);
      listening.spoke();
      if (type === START_OF_SPEECH || type === INTERIM_TRANSCRIPT || type === PREFLIGHT_TRANSCRIPT) {
        talk.isOn = true;
        tape.hold();
        this.#onSpeech();
      }
      if (type === END_OF_SPEECH) talk.isOn = false;
      if (type === FINAL_TRANSCRIPT) {
        tape.release(startSeconds, event.alternatives?.[0].endTime);
        if (standby.instance.endsTurns) this.onTurnOver?.(event.alternatives?.[0].confidence ?? 0);
      }
      if (!(type === START_OF_SPEECH && wasSpeaking)) yield shifted(event, startSeconds);
      if ((type === FINAL_TRANSCRIPT || type === END_OF_SPEECH) && this.#standbys.hasBetterThan(standby))
        return 'better one';
    }
    attempt.signal.throwIfAborted();
    if (!tape.hasEnded)
      throw new ProviderError('provider_failed', standby.name, 'it stopped listening while the call goes on.');
    return 'ended';
  }
}

/** One attempt of one recogniser, and what it heard without saying a word. */
class Listening {
  readonly standby: Standby<Transcriber>;
  readonly attempt: Attempt;
  readonly #limitSeconds: number;
  events = 0;
  seconds = 0;
  #unheardSeconds = 0;

  constructor(standby: Standby<Transcriber>, signal: AbortSignal) {
    this.standby = standby;
    this.attempt = new Attempt(standby.name, signal);
    this.#limitSeconds = standby.instance.capabilities.interimResults ? deafSeconds.interim : deafSeconds.final;
  }

  hears(seconds: number, isVoiced: boolean): void {
    this.seconds += seconds;
    if (!isVoiced) return;
    this.#unheardSeconds += seconds;
    if (this.#unheardSeconds < this.#limitSeconds) return;
    const message = `it said nothing to ${this.#limitSeconds} s of speech.`;
    this.attempt.fail(new ProviderError('timeout', this.standby.name, message));
  }

  spoke(): void {
    this.events += 1;
    this.#unheardSeconds = 0;
  }

  /** It worked, and then the connection went away. */
  wasDropped(error: unknown): boolean {
    return this.events > 0 && error instanceof ProviderError && error.code === 'unreachable';
  }
}
