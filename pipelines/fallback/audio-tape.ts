import { AsyncIterableQueue } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { frameSeconds, voiced } from '../wire/pcm.ts';
import { type AudioItem, flush } from '../wire/transcriber.ts';

/** Kept while somebody may be speaking, and while nobody is: the sound before a word is recognised belongs to it. */
const longestSeconds = 25;
const quietSeconds = 4;
const unknownSeconds = 0.3;
/** The last sound of a word may end a little after the time a recogniser gives for it. */
const tailSeconds = 0.05;

/**
 * Passes on a call's audio and keeps what has no final transcript yet, so that another recogniser can hear it again.
 * Positions are seconds since the first frame.
 */
export class AudioTape {
  readonly #frames: AudioFrame[] = [];
  readonly #onFrame: (frame: AudioFrame, isVoiced: boolean) => void;
  #startSeconds = 0;
  #endSeconds = 0;
  #voicedAtSeconds = Number.NEGATIVE_INFINITY;
  #unsaid = false;
  #ended = false;
  #stopped = false;
  #channel: AsyncIterableQueue<AudioItem> | undefined;

  constructor(source: AsyncIterable<AudioItem>, onFrame: (frame: AudioFrame, isVoiced: boolean) => void) {
    this.#onFrame = onFrame;
    void this.#pump(source);
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** What is kept, then what follows. `startSeconds` is the position of its first frame. */
  play(): { audio: AsyncIterable<AudioItem>; startSeconds: number } {
    this.#close();
    const channel = new AsyncIterableQueue<AudioItem>();
    for (const frame of this.#frames) channel.put(frame);
    if (this.#ended) channel.close();
    this.#channel = channel;
    return { audio: channel, startSeconds: this.#startSeconds };
  }

  /** Something was heard that is not final yet: keep it all. */
  hold(): void {
    this.#unsaid = true;
  }

  /** Everything is transcribed up to a time of a playing; up to now, but for a moment, where that time is not known. */
  release(startSeconds: number, playedSeconds = 0): void {
    const until = playedSeconds > 0 ? startSeconds + playedSeconds + tailSeconds : this.#endSeconds - unknownSeconds;
    this.#unsaid = false;
    this.#drop((endsAt) => endsAt <= until);
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #pump(source: AsyncIterable<AudioItem>): Promise<void> {
    for await (const item of source) {
      if (this.#stopped) return;
      if (this.#channel && !this.#channel.closed) this.#channel.put(item);
      if (item === flush) continue;
      this.#frames.push(item);
      this.#endSeconds += frameSeconds(item);
      const isVoiced = voiced(item);
      if (isVoiced) this.#voicedAtSeconds = this.#endSeconds;
      this.#trim();
      this.#onFrame(item, isVoiced);
    }
    this.#ended = true;
    this.#close();
  }

  #trim(): void {
    const isQuiet = !this.#unsaid && this.#endSeconds - this.#voicedAtSeconds > quietSeconds;
    const keepSeconds = isQuiet ? quietSeconds : longestSeconds;
    this.#drop((endsAt) => this.#endSeconds - endsAt > keepSeconds);
  }

  #drop(isOld: (endsAtSeconds: number) => boolean): void {
    let count = 0;
    let start = this.#startSeconds;
    for (const frame of this.#frames) {
      const endsAt = start + frameSeconds(frame);
      if (!isOld(endsAt)) break;
      start = endsAt;
      count += 1;
    }
    if (count === 0) return;
    this.#frames.splice(0, count);
    this.#startSeconds = start;
  }

  #close(): void {
    if (this.#channel && !this.#channel.closed) this.#channel.close();
  }
}
