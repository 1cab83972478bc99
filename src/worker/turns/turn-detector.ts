import type { llm } from '@livekit/agents';
import type { EndOfTurnModel } from '../../../pipelines/index.ts';
import type { TurnEnding } from '../../calls/call.ts';
import { askAgainAtMs, decideTurn, type Reading, type TurnLimits } from './decide-turn.ts';
import { type Asks, type Expected, expectationOf } from './expectation.ts';
import { LineSound } from './line-sound.ts';
import { readTurn, type Speaker } from './read-turn.ts';

/** Of whose turns the end is to be found. */
export type TurnRules = {
  limits: TurnLimits;
  asks: Asks;
  speaker: Speaker;
  /** They speak on a telephone line. */
  telephone: boolean;
};

/** Speech this short may be a cough: no words are owed for it. */
const shortestWordsMs = 200;

/** 200 ms at 16 kHz: of less the model cannot tell anything. */
const fewestSamples = 3_200;

/** One pause of the caller, from their last sound on. */
type Pause = { sinceMs: number; model: number | 'asked' | 'none'; asked: number };

/** A turn that somebody waits for the end of. */
type Waiting = { reading: Reading; expected: Expected; over: (probability: number) => void };

/**
 * Finds the end of each turn of a caller, for the SDK, which asks in each pause that follows a transcript and waits for the
 * answer. All times are on the clock of `performance.now()`.
 */
export class TurnDetector {
  readonly model = 'parley';
  readonly provider = 'parley';
  readonly sound = new LineSound();
  readonly #rules: TurnRules;
  readonly #endOfTurn: EndOfTurnModel | undefined;
  readonly #soundAgoMs: () => number | undefined;
  readonly #saying: () => string | undefined;
  readonly #onEnding: (ending: TurnEnding) => void;
  #pause: Pause | undefined;
  #waiting: Waiting | undefined;
  /** What the recogniser says of the end of what was said last, where it finds ends itself: then no model is asked. */
  #told: number | undefined;
  #timers: NodeJS.Timeout[] = [];
  /** When the caller began to speak, finished, and what was told of it. */
  #speech = { fromMs: 0, toMs: 0 };
  #closed = false;
  #finalMs = Number.NEGATIVE_INFINITY;
  #interimMs = Number.NEGATIVE_INFINITY;

  constructor({
    rules,
    endOfTurn,
    soundAgoMs,
    saying = () => undefined,
    onEnding,
  }: {
    rules: TurnRules;
    /** Without it silence and words decide. */
    endOfTurn: EndOfTurnModel | undefined;
    /** How long ago the caller was last heard to speak. */
    soundAgoMs: () => number | undefined;
    /** What was heard of the sentence that the agent is saying; the history has it only afterwards. */
    saying?: () => string | undefined;
    onEnding: (ending: TurnEnding) => void;
  }) {
    this.#rules = rules;
    this.#endOfTurn = endOfTurn;
    this.#soundAgoMs = soundAgoMs;
    this.#saying = saying;
    this.#onEnding = onEnding;
  }

  supportsLanguage(): Promise<boolean> {
    return Promise.resolve(true);
  }

  unlikelyThreshold(): Promise<number> {
    return Promise.resolve(this.#rules.limits.threshold);
  }

  /** The voice detector heard the caller begin to speak, or fall silent. */
  speaks(speaking: boolean): void {
    if (speaking) {
      this.#leavePause();
      this.#told = undefined;
      this.#speech = { fromMs: performance.now(), toMs: Number.POSITIVE_INFINITY };
    } else {
      this.#speech.toMs = this.#lastSoundMs;
      this.#enterPause();
    }
  }

  /** The recogniser told words. */
  heard({ isFinal }: { isFinal: boolean }): void {
    if (isFinal) this.#finalMs = performance.now();
    else this.#interimMs = performance.now();
  }

  /** The recogniser takes the turn to be over, with this probability. It heard it in the sound, as the model would. */
  toldOver(probability: number): void {
    this.#told = probability;
    this.#look();
  }

  /** Resolves when the turn that `chatCtx` ends with is over, with the model's probability; the SDK gives up asking when the caller goes on. */
  predictEndOfTurn(chatCtx: llm.ChatContext): Promise<number> {
    const { asks, speaker } = this.#rules;
    const { words, question } = lastSaid(chatCtx);
    const expected = expectationOf(this.#saying() ?? question, asks);
    this.#waiting?.over(0);
    this.#waiting = undefined;
    if (this.#closed) return Promise.resolve(1);
    if (!this.#pause) this.#enterPause();
    return new Promise((resolve) => {
      this.#waiting = { reading: readTurn(words, expected, speaker), expected, over: resolve };
      this.#look();
    });
  }

  /** Every turn is over from now on: the SDK waits for its end before it closes. */
  close(): void {
    this.#closed = true;
    this.#leavePause();
  }

  get #lastSoundMs(): number {
    return performance.now() - (this.#soundAgoMs() ?? 0);
  }

  #enterPause(): void {
    this.#leavePause();
    const pause: Pause = { sinceMs: this.#lastSoundMs, model: 'none', asked: 0 };
    this.#pause = pause;
    if (!this.#endOfTurn) return;
    this.#ask(pause);
    for (const atMs of askAgainAtMs) {
      const inMs = pause.sinceMs + atMs - performance.now();
      if (inMs > 0) this.#timers.push(setTimeout(() => this.#ask(pause), inMs));
    }
  }

  #leavePause(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#pause = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.over(0);
  }

  #ask(pause: Pause): void {
    const heard = this.sound.window();
    if (heard.length < fewestSamples || this.#told !== undefined) return;
    if (pause.model === 'none') pause.model = 'asked';
    const question = ++pause.asked;
    const telephoneNoiseDbfs = this.#rules.telephone ? this.sound.noiseFloorDbfs : undefined;
    void this.#endOfTurn?.(heard, telephoneNoiseDbfs).then((probability) => {
      if (question !== pause.asked || pause !== this.#pause) return;
      pause.model = probability ?? 'none';
      this.#look();
    });
  }

  #look(): void {
    const [pause, waiting] = [this.#pause, this.#waiting];
    if (!pause || !waiting) return;
    const silenceMs = Math.max(0, performance.now() - pause.sinceMs);
    const { reading, expected } = waiting;
    const { limits } = this.#rules;
    const model = this.#told ?? pause.model;
    const decision = decideTurn({ silenceMs, wordsOwed: this.#owesWords, reading, model }, limits);
    if (!decision.over) {
      this.#timers.push(setTimeout(() => this.#look(), Math.max(1, decision.lookAgainInMs)));
      return;
    }
    const { noiseFloorDbfs } = this.sound;
    const ending: TurnEnding = {
      endedBy: decision.by,
      silenceMs,
      expected: expected.kind,
      ...(typeof model === 'number' && { probability: model }),
      ...(noiseFloorDbfs !== undefined && { noiseFloorDbfs: Math.round(noiseFloorDbfs) }),
    };
    this.#onEnding(ending);
    this.sound.forget();
    this.#waiting = undefined;
    this.#leavePause();
    waiting.over(typeof model === 'number' ? model : 1);
  }

  /** Speech has ended of which the recogniser has said nothing, or not the last word. */
  get #owesWords(): boolean {
    const { fromMs, toMs } = this.#speech;
    if (this.#interimMs > this.#finalMs) return true;
    return toMs - fromMs >= shortestWordsMs && this.#finalMs < fromMs;
  }
}

/** What the caller says, also in turns that nobody answered, and what the agent said before. */
function lastSaid({ items }: llm.ChatContext): { words: string; question: string } {
  const messages = items.filter(
    (item) => item.type === 'message' && (item.role === 'user' || item.role === 'assistant'),
  );
  const answered = messages.findLastIndex((item) => item.type === 'message' && item.role === 'assistant');
  const said = messages.map((item) => (item.type === 'message' ? (item.textContent ?? '') : ''));
  return { words: said.slice(answered + 1).join(' '), question: said[answered] ?? '' };
}
