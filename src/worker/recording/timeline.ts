import { sampleRateHz } from '../conversation/sdk-pins.ts';

/** Sound that is not taken yet: more than is ever held back. */
const laneSamples = 6 * sampleRateHz;
/** Sound may come late, or be taken back, by so much. */
const delayMs = 500;
/** The caller's sound is waited for so long, as after a stall of this process; then there was none. */
const patienceMs = 2_500;
/** What a voice may be off its place by the clock. */
const toleranceMs = 20;
/** Of what was heard within so long, what came soonest tells where a voice stands. */
const judgedMs = 1_000;

const samplesOf = (ms: number) => Math.round((ms * sampleRateHz) / 1000);

/** One side, from `head` on: sound is added where it belongs, and taken in order. */
class Lane {
  readonly #ring = new Int16Array(laneSamples);
  head = 0;

  add(at: number, samples: Int16Array): void {
    const from = Math.max(0, this.head - at);
    const to = Math.min(samples.length, this.head + laneSamples - at);
    for (let index = from; index < to; index += 1) {
      const place = (at + index) % laneSamples;
      const sum = this.#ring[place]! + samples[index]!;
      this.#ring[place] = Math.max(-32_768, Math.min(32_767, sum));
    }
  }

  silence(from: number, to: number): void {
    for (let at = Math.max(from, this.head); at < Math.min(to, this.head + laneSamples); at += 1)
      this.#ring[at % laneSamples] = 0;
  }

  take(into: Int16Array): void {
    for (let index = 0; index < into.length; index += 1) {
      const place = (this.head + index) % laneSamples;
      into[index] = this.#ring[place]!;
      this.#ring[place] = 0;
    }
    this.head += into.length;
  }
}

/**
 * A voice that comes frame by frame as it is spoken. Frames follow each other without a gap, whatever moment this process gets
 * round to them; only a voice that is late all the time has paused.
 */
export class HeardVoice {
  readonly #lane: Lane;
  #end: number | undefined;
  #soonest = Number.POSITIVE_INFINITY;
  #judgedSinceMs: number | undefined;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** Up to where it was heard. */
  get end(): number {
    return this.#end ?? 0;
  }

  /** Another track, with a beginning of its own. */
  restart(): void {
    [this.#end, this.#judgedSinceMs, this.#soonest] = [undefined, undefined, Number.POSITIVE_INFINITY];
  }

  heard(samples: Int16Array, nowMs: number): void {
    const arrived = samplesOf(nowMs) - samples.length;
    this.#end = Math.max(this.#end ?? arrived, this.#lane.head);
    const late = arrived - this.#end;
    if (late < -samplesOf(toleranceMs)) return;
    this.#soonest = Math.min(this.#soonest, late);
    this.#judgedSinceMs ??= nowMs;
    if (nowMs - this.#judgedSinceMs >= judgedMs) {
      if (this.#soonest > samplesOf(toleranceMs)) this.#end += this.#soonest;
      [this.#judgedSinceMs, this.#soonest] = [nowMs, Number.POSITIVE_INFINITY];
    }
    this.#lane.add(this.#end, samples);
    this.#end += samples.length;
  }
}

/** The agent's voice, which is handed to WebRTC ahead of its time, and in part taken back. */
class HandedVoice {
  readonly #lane: Lane;
  #end = 0;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  handed(samples: Int16Array, { nowMs, queuedMs }: { nowMs: number; queuedMs: number }): void {
    const due = samplesOf(nowMs + queuedMs);
    if (Math.abs(due - this.#end) > samplesOf(2 * toleranceMs)) this.#end = due;
    this.#lane.add(this.#end, samples);
    this.#end += samples.length;
  }

  takenBack(ms: number): void {
    const from = this.#end - samplesOf(ms);
    this.#lane.silence(from, this.#end);
    this.#end = from;
  }
}

/** Both sides of a call on the clock of its transcript: milliseconds since the answer. */
export class Timeline {
  readonly #left = new Lane();
  readonly #right = new Lane();
  readonly caller = new HeardVoice(this.#left);
  readonly agent = new HandedVoice(this.#right);
  /** Somebody who speaks in the agent's place. */
  readonly supervisor = new HeardVoice(this.#right);

  /** Begins, or skips what was not taken. */
  startAt(ms: number): void {
    for (const lane of [this.#left, this.#right]) {
      lane.silence(lane.head, lane.head + laneSamples);
      lane.head = Math.max(lane.head, samplesOf(ms));
    }
  }

  /** Milliseconds of what is taken next. */
  get headMs(): number {
    return (this.#left.head * 1000) / sampleRateHz;
  }

  /** Takes the next samples of both sides. False: they may still change. */
  take(left: Int16Array, right: Int16Array, nowMs: number): boolean {
    const settled = Math.min(samplesOf(nowMs - delayMs), Math.max(this.caller.end, samplesOf(nowMs - patienceMs)));
    if (this.#left.head + left.length > settled) return false;
    this.#left.take(left);
    this.#right.take(right);
    return true;
  }

  /** As `take`, up to this moment: nothing comes any more. */
  takeRest(left: Int16Array, right: Int16Array, nowMs: number): boolean {
    if (this.#left.head + left.length > samplesOf(nowMs)) return false;
    this.#left.take(left);
    this.#right.take(right);
    return true;
  }
}
