import type { AsyncIterableQueue } from '@livekit/agents';
import { type AudioFrame, AudioResampler } from '@livekit/rtc-node';
import type { ProviderError } from '../errors.ts';
import { frameSeconds } from '../wire/pcm.ts';
import { prepareReader, type Reading, speakable } from '../text/spoken/speakable.ts';
import { firstToSpeak } from './first-to-speak.ts';
import type { Standby, Standbys } from './standby.ts';
import { TextTape } from './text-tape.ts';
import { type SpeakRequest, type Spoken, type TextItem, Voice } from '../wire/voice.ts';

const rateHz = 16_000;
/** A slow speaker: with no better knowledge, rather a few words twice than words left out. */
const charactersPerSecond = 12;

/**
 * The voices of a call as one, always at 16 kHz. When one fails in the middle of a text, the next goes on where its sound
 * ended: at that word where the voice told its progress, else at the sentence that was being spoken.
 */
export class FallbackVoice extends Voice {
  readonly #standbys: Standbys<Voice>;
  readonly #reading: Reading | undefined;

  /** `reading` says how numbers and certain words are spoken; what is written stays as it is everywhere else. */
  constructor(standbys: Standbys<Voice>, reading?: Reading) {
    super(standbys, rateHz);
    this.#standbys = standbys;
    this.#reading = reading;
    if (reading) prepareReader(reading.language);
  }

  /** Who would speak now: label and model, which are those of the last speaker, can be a stand-in's. */
  get nextSpeaker(): string {
    const { name, instance } = this.#standbys.order()[0];
    return `${name} ${instance.model}`;
  }

  override warm(): void {
    this.#standbys.order()[0].instance.warm();
  }

  async *speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const tape = new TextTape(this.#reading ? speakable(request.text, this.#reading) : request.text);
    let from = 0;
    let failure: ProviderError | undefined;
    try {
      for (const { standby, failed } of this.#standbys.tries()) {
        let by = (this.#standbys.serving = standby);
        const start = from;
        const progress = new Progress(start);
        const readers: AsyncIterableQueue<TextItem>[] = [];
        const converter = new RateConverter();
        let anySound = false;
        const spoken = firstToSpeak(this.#standbys, {
          standby,
          signal: request.signal,
          ask: (who, { asked, ...how }) => {
            const text = tape.play(start);
            readers.push(text);
            return who.instance.speak({ ...request, ...how, text, ...askedBy(request, { asked, hedged: how.hedged }) });
          },
          speaks: () => true,
          serving: (who) => (by = this.#standbys.serving = who),
          failed: (error) => (failure = failed(error, false)),
        });
        try {
          for await (const { frame, characters } of spoken) {
            progress.add(frame, characters);
            for (const converted of converter.push(frame)) {
              anySound = true;
              yield { frame: converted, characters: progress.characters };
            }
          }
          for (const frame of converter.flush()) yield { frame, characters: tape.text.length };
          if (!request.signal.aborted) this.#standbys.succeeded(by);
          return;
        } catch (error) {
          if (request.signal.aborted) return;
          from = progress.resumeAt(tape.text);
          failure = failed(error, anySound, by);
          if (tape.hasEnded && tape.text.slice(from).trim() === '') return;
        } finally {
          converter.close();
          for (const reader of readers) if (!reader.closed) reader.close();
          this.#count(standby, { text: tape.text, from: progress.start, requestId: request.requestId });
        }
      }
    } finally {
      tape.stop();
    }
    if (failure) throw failure;
  }

  override async close(): Promise<void> {
    await Promise.allSettled(this.#standbys.all.map(({ instance }) => instance.close()));
  }

  #count(standby: Standby<Voice>, { text, from, requestId }: { text: string; from: number; requestId: string }): void {
    const quantity = text.length - from;
    if (quantity > 0)
      this.#standbys.report(standby, { model: standby.instance.model, quantity, unit: 'character', requestId });
  }
}

/** A second request needs a name of its own, and does not tell again that a text goes out. */
function askedBy(
  { requestId, started }: SpeakRequest,
  { asked, hedged = false }: { asked: () => void; hedged: boolean | undefined },
): Pick<SpeakRequest, 'requestId' | 'started'> {
  if (hedged) return { requestId: `${requestId}_hedged`, started: asked };
  const first = () => {
    started();
    asked();
  };
  return { requestId, started: first };
}

/** How far into the text the sound has come. */
class Progress {
  readonly start: number;
  #seconds = 0;
  #told: number | undefined;

  constructor(start: number) {
    this.start = start;
  }

  get characters(): number {
    return this.start + (this.#told ?? Math.floor(this.#seconds * charactersPerSecond));
  }

  add(frame: AudioFrame, characters: number | undefined): void {
    this.#seconds += frameSeconds(frame);
    if (characters !== undefined) this.#told = characters;
  }

  resumeAt(text: string): number {
    const heard = text.slice(this.start, this.characters);
    const boundary = this.#told === undefined ? /[.!?…\n](?=\s)/g : /\s/g;
    const last = [...heard.matchAll(boundary)].at(-1);
    const complete = this.characters >= text.length;
    if (complete && this.#told !== undefined) return text.length;
    return last ? this.start + last.index + 1 : this.start;
  }
}

/** Brings the frames of a voice to the rate of the call. */
class RateConverter {
  #resampler: AudioResampler | undefined;
  #inputRateHz = rateHz;

  push(frame: AudioFrame): AudioFrame[] {
    if (frame.sampleRate === rateHz) return [frame];
    if (!this.#resampler || this.#inputRateHz !== frame.sampleRate) {
      this.close();
      this.#inputRateHz = frame.sampleRate;
      this.#resampler = new AudioResampler(frame.sampleRate, rateHz, 1);
    }
    return this.#resampler.push(frame);
  }

  flush(): AudioFrame[] {
    return this.#resampler?.flush() ?? [];
  }

  close(): void {
    this.#resampler?.close();
    this.#resampler = undefined;
  }
}
