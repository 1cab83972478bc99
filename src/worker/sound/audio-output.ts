import { voice } from '@livekit/agents';
import { AudioFrame, AudioSource, LocalAudioTrack } from '@livekit/rtc-node';
import { sampleRateHz } from '../conversation/sdk-pins.ts';
import type { SpokenText } from '../conversation/spoken-text.ts';

/** Sound handed to WebRTC ahead of its time: what a busy thread may be late by. */
const queueMs = 200;
/** The longest piece handed over at once; it must fit the queue. */
const pieceMs = 100;

/**
 * The SDK resumes an utterance that it has just interrupted, and clears it some 100 ms later; without a second thought
 * that would be heard as a syllable.
 */
const secondThoughtMs = 200;

/** What becomes of the agent's sound, whatever it belongs to. */
export type SoundListener = {
  /** A piece goes to WebRTC, behind so many milliseconds of others. */
  handed(piece: AudioFrame, queuedMs: number): void;
  /** So many milliseconds of what was handed over last are not heard. */
  takenBack(ms: number): void;
};

/**
 * The agent's voice on its way to the room. One utterance of the SDK is one segment: frames, then `flush`, then exactly
 * one `onPlaybackFinished`. Pausing takes back what WebRTC had not played, so that nothing is lost when it goes on.
 */
export class CallAudioOutput extends voice.AudioOutput {
  readonly track: LocalAudioTrack;
  readonly #source: AudioSource;
  readonly #words: SpokenText;
  #segment: Segment | undefined;
  #pumping: Promise<void> | undefined;
  #finishing: Promise<void> = Promise.resolve();
  #paused = false;
  #resuming: NodeJS.Timeout | undefined;
  #closed = false;
  #listener: SoundListener | undefined;
  #interlude: { over: Promise<void>; dropped: boolean } | undefined;
  /** Resolved when the reason for waiting may be gone: resumed, cleared, closed. */
  #turn = Promise.withResolvers<void>();

  constructor(words: SpokenText) {
    super(sampleRateHz, undefined, { pause: true });
    this.#words = words;
    this.#source = new AudioSource(sampleRateHz, 1, queueMs);
    this.track = LocalAudioTrack.createAudioTrack('agent', this.#source);
  }

  /**
   * Takes one frame of any length; resolves once it is handed over, so that a fast voice waits for its listener. While
   * paused it resolves at once: the SDK cannot take back a speech that waits here.
   */
  override async captureFrame(frame: AudioFrame): Promise<void> {
    if (this.#closed) return;
    if (this.#segment?.flushed) await this.#finishing;
    await super.captureFrame(frame);
    const segment = (this.#segment ??= new Segment());
    segment.backlog.push(...pieces(frame));
    while (segment.backlog.length > 0 && !segment.done && !this.#paused) await this.#pump();
  }

  /** Hands over what is waiting; the native source takes one piece at a time. */
  #pump(): Promise<void> {
    this.#pumping ??= this.#handOver().finally(() => {
      this.#pumping = undefined;
    });
    return this.#pumping;
  }

  async #handOver(): Promise<void> {
    for (;;) {
      const segment = this.#segment;
      if (!segment || segment.backlog.length === 0 || this.#paused) return;
      if (this.#interlude) {
        await this.#interlude.over;
        continue;
      }
      const piece = segment.backlog.shift()!;
      if (!segment.started) this.onPlaybackStarted(Date.now());
      segment.handed(piece);
      await this.#capture(piece);
    }
  }

  override flush(): void {
    super.flush();
    const segment = this.#segment;
    if (!segment || segment.flushed) return;
    segment.flushed = true;
    this.#finishing = this.#playOut(segment);
  }

  async #playOut(segment: Segment): Promise<void> {
    // An utterance that is cut off is flushed and cleared in one go, with the rest of it never handed to us.
    await Promise.resolve();
    segment.complete = !segment.done;
    while (!segment.done) {
      if (this.#paused) await this.#turn.promise;
      else if (segment.backlog.length > 0) await this.#pump();
      else if (this.#source.queuedDuration > 0) await this.#source.waitForPlayout();
      else this.#finish(segment, false);
    }
  }

  /** The words of the current utterance that were heard so far. */
  wordsHeard(): string {
    const segment = this.#segment;
    if (!segment) return this.#words.text;
    const unplayedMs = this.#paused || this.#interlude ? 0 : this.#source.queuedDuration;
    return this.#words.heardBy(segment.heard(unplayedMs));
  }

  /** All words of the current utterance that are known. */
  get wordsOfSegment(): string {
    return this.#words.text;
  }

  /** Sound of an utterance is on its way to the caller. */
  get isAudible(): boolean {
    return !this.#paused && !this.#interlude && (this.#source.queuedDuration > 0 || this.#pumping !== undefined);
  }

  /**
   * Speaks while no utterance sounds, after what is being spoken in this way; an utterance that begins meanwhile waits for
   * its end. The caller's voice cuts it off. Belongs to no utterance, and the SDK knows nothing of it.
   * @param frames At the rate of the call.
   * @returns false: something else is heard, or is to be heard
   */
  async interlude(frames: readonly AudioFrame[]): Promise<boolean> {
    while (this.#interlude) await this.#interlude.over;
    if (this.#closed || this.#paused || this.#pumping || this.#source.queuedDuration > 0) return false;
    const over = Promise.withResolvers<void>();
    const interlude = (this.#interlude = { over: over.promise, dropped: false });
    try {
      for (const piece of frames.flatMap(pieces)) {
        if (interlude.dropped) break;
        await this.#capture(piece);
      }
      await this.#source.waitForPlayout();
      return true;
    } finally {
      this.#interlude = undefined;
      over.resolve();
    }
  }

  /** `listener` is told what is heard; one at a time. Returns what stops it. */
  onSound(listener: SoundListener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  #capture(piece: AudioFrame): Promise<void> {
    this.#listener?.handed(piece, this.#source.queuedDuration);
    return this.#source.captureFrame(piece);
  }

  /** Takes back what WebRTC had not played; milliseconds of it that belong to the utterance. */
  #takeBack(): number {
    const queuedMs = this.#source.queuedDuration;
    const unplayedMs = this.#interlude ? 0 : queuedMs;
    if (this.#interlude) this.#interlude.dropped = true;
    this.#source.clearQueue();
    this.#listener?.takenBack(queuedMs);
    return unplayedMs;
  }

  /** An utterance was begun and is not over; it may be paused. */
  get isSpeaking(): boolean {
    return this.#segment?.started === true;
  }

  override clearBuffer(): void {
    const segment = this.#segment;
    if (!segment) {
      if (this.#interlude) this.#takeBack();
      return;
    }
    super.flush();
    segment.takeBack(this.#takeBack());
    this.#finish(segment, true);
    if (this.#resuming) this.#goOn();
  }

  #finish(segment: Segment, interrupted: boolean): void {
    if (segment.done) return;
    segment.done = true;
    if (this.#segment === segment) this.#segment = undefined;
    const heard = segment.heard(0);
    this.#wake();
    this.onPlaybackFinished({
      playbackPosition: heard.heardSeconds,
      interrupted,
      ...(interrupted && { synchronizedTranscript: this.#words.heardBy(heard) }),
    });
  }

  override pause(): void {
    clearTimeout(this.#resuming);
    this.#resuming = undefined;
    if (this.#paused) return;
    this.#paused = true;
    const unplayedMs = this.#takeBack();
    this.#segment?.takeBack(unplayedMs);
  }

  override resume(): void {
    if (!this.#paused || this.#resuming) return;
    if (this.#segment?.started) this.#resuming = setTimeout(() => this.#goOn(), secondThoughtMs);
    else this.#goOn();
  }

  /** The resumption is meant: no second thought. */
  hurry(): void {
    if (this.#resuming) this.#goOn();
  }

  #goOn(): void {
    clearTimeout(this.#resuming);
    this.#resuming = undefined;
    this.#paused = false;
    this.#wake();
    void this.#pump();
  }

  #wake(): void {
    this.#turn.resolve();
    this.#turn = Promise.withResolvers();
  }

  /** Ends the current segment and frees the native source. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#resuming);
    this.clearBuffer();
    this.#takeBack();
    await this.track.close();
    await this.#source.close();
  }
}

/** One utterance: what is still to be handed over, and of what was handed over the last pieces, to be taken back. */
class Segment {
  readonly backlog: AudioFrame[] = [];
  #recent: AudioFrame[] = [];
  handedMs = 0;
  started = false;
  flushed = false;
  /** Its length is known. */
  complete = false;
  done = false;

  handed(piece: AudioFrame): void {
    this.started = true;
    this.handedMs += lengthMs(piece);
    this.#recent.push(piece);
    while (this.#recent.length > 1 && sumMs(this.#recent) - lengthMs(this.#recent[0]!) > queueMs) this.#recent.shift();
  }

  /** Puts the last `unplayedMs` back at the front of what is to be said. */
  takeBack(unplayedMs: number): void {
    let left = Math.round((unplayedMs * sampleRateHz) / 1000);
    while (left > 0) {
      const piece = this.#recent.pop();
      if (!piece) return;
      const samples = Math.min(piece.samplesPerChannel, left);
      const rest = cut(piece, piece.samplesPerChannel - samples, samples);
      this.backlog.unshift(rest);
      this.handedMs -= lengthMs(rest);
      left -= samples;
    }
  }

  /** How much was heard when `unplayedMs` of what was handed over still wait, and of how much, where that is known. */
  heard(unplayedMs: number): { heardSeconds: number; totalSeconds: number | undefined } {
    return {
      heardSeconds: Math.max(0, this.handedMs - unplayedMs) / 1000,
      totalSeconds: this.complete ? (this.handedMs + sumMs(this.backlog)) / 1000 : undefined,
    };
  }
}

function lengthMs(frame: AudioFrame): number {
  return (frame.samplesPerChannel * 1000) / frame.sampleRate;
}

function sumMs(frames: AudioFrame[]): number {
  return frames.reduce((sum, frame) => sum + lengthMs(frame), 0);
}

/** A copy: the native side reads a frame's buffer from its start, whatever part of it the frame is a view of. */
function cut(frame: AudioFrame, start: number, samples: number): AudioFrame {
  return new AudioFrame(frame.data.slice(start, start + samples), frame.sampleRate, 1, samples);
}

function pieces(frame: AudioFrame): AudioFrame[] {
  const size = (frame.sampleRate * pieceMs) / 1000;
  const starts = Array.from({ length: Math.ceil(frame.samplesPerChannel / size) }, (_, index) => index * size);
  return starts.map((start) => cut(frame, start, Math.min(size, frame.samplesPerChannel - start)));
}
