import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { quietLettersPerSecond } from '../../../pipelines/index.ts';
import { sampleRateHz } from '../../worker/conversation/sdk-pins.ts';
import type { SpokenText } from '../../worker/conversation/spoken-text.ts';

type Utterance = {
  playedMs: number;
  flushed: boolean;
  /** How much of it was heard when the caller began to speak. */
  heldMs: number | undefined;
  over: boolean;
};

/**
 * What an agent says where there is no sound: every utterance is over at once, after as long as it would have lasted. Where the
 * caller is to talk over the agent, it stops at that moment and goes on, or is cut off, as what the caller says demands.
 */
export class TextOutput extends voice.AudioOutput {
  readonly #words: SpokenText;
  /** Told of each utterance that is over: how long it lasted, and what a voice was given of it as far as it was heard. */
  readonly #onSaid: (said: { spoken: string; ms: number }) => void;
  #utterance: Utterance | undefined;
  #spoken = '';
  /** Milliseconds of the answer that are still heard before the caller speaks. */
  #untilBargeInMs = Number.POSITIVE_INFINITY;
  #reached = Promise.withResolvers<void>();

  constructor(words: SpokenText, onSaid: (said: { spoken: string; ms: number }) => void) {
    super(sampleRateHz, undefined, { pause: true });
    this.#words = words;
    this.#onSaid = onSaid;
  }

  /** A piece of text as the voice got it. */
  spoken(text: string): void {
    this.#spoken += text;
  }

  /** The caller speaks once so much of what comes was heard. Resolves at that moment, if it comes. */
  holdAfter(ms: number): Promise<void> {
    this.#untilBargeInMs = ms;
    this.#reached = Promise.withResolvers();
    return this.#reached.promise;
  }

  /** The agent goes on to the end of what it was held in, if it was not cut off. */
  goOn(): void {
    const utterance = this.#utterance;
    if (utterance?.heldMs === undefined) return;
    utterance.heldMs = undefined;
    if (utterance.flushed) this.#finish(utterance, false);
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    if (!this.#utterance) {
      this.#utterance = { playedMs: 0, flushed: false, heldMs: undefined, over: false };
      this.onPlaybackStarted(Date.now());
    }
    const utterance = this.#utterance;
    const ms = (frame.samplesPerChannel * 1000) / frame.sampleRate;
    utterance.playedMs += ms;
    if (utterance.heldMs !== undefined) return;
    this.#untilBargeInMs -= ms;
    if (this.#untilBargeInMs > 0) return;
    utterance.heldMs = Math.max(0, utterance.playedMs + this.#untilBargeInMs);
    this.#untilBargeInMs = Number.POSITIVE_INFINITY;
    this.#reached.resolve();
  }

  override flush(): void {
    super.flush();
    const utterance = this.#utterance;
    if (!utterance) return;
    utterance.flushed = true;
    // An utterance that is cut off is flushed and cleared in one go.
    queueMicrotask(() => {
      if (utterance.heldMs === undefined) this.#finish(utterance, false);
    });
  }

  override clearBuffer(): void {
    if (!this.#utterance) return;
    super.flush();
    this.#finish(this.#utterance, true);
  }

  #finish(utterance: Utterance, interrupted: boolean): void {
    if (utterance.over) return;
    utterance.over = true;
    this.#utterance = undefined;
    const heard = heardOf(utterance);
    const spoken = this.#spoken;
    this.#spoken = '';
    const letters = Math.round(heard.heardSeconds * quietLettersPerSecond);
    this.#onSaid({ spoken: interrupted ? spoken.slice(0, letters) : spoken, ms: heard.heardSeconds * 1000 });
    this.onPlaybackFinished({
      playbackPosition: heard.heardSeconds,
      interrupted,
      ...(interrupted && { synchronizedTranscript: this.#words.heardBy(heard) }),
    });
  }

  /** The caller begins to speak in the middle of what the agent says. */
  get isSpeaking(): boolean {
    return this.#utterance?.heldMs !== undefined;
  }

  get isAudible(): boolean {
    return this.isSpeaking;
  }

  get wordsOfSegment(): string {
    return this.#words.text;
  }

  wordsHeard(): string {
    return this.#utterance ? this.#words.heardBy(heardOf(this.#utterance)) : this.#words.text;
  }

  hurry(): void {}

  override pause(): void {}

  override resume(): void {}
}

/** Its length is not known while it is spoken; the words are reckoned by what is heard in a second. */
function heardOf({ playedMs, heldMs = playedMs }: Utterance): { heardSeconds: number; totalSeconds: undefined } {
  return { heardSeconds: heldMs / 1000, totalSeconds: undefined };
}
