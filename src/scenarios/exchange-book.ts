import type { ToolCall } from '../worker/conversation/observe.ts';
import type { Exchange } from './outcome.ts';

/** What a call has heard and done so far. */
export type Progress = {
  readonly heard: { readonly written: readonly string[]; readonly spoken: readonly string[] };
  readonly toolCalls: readonly ToolCall[];
  readonly answerMs: number | null;
  /** The agent was cut off in what it said last. */
  readonly cutOff: boolean;
};

type Open = { step: number | null; did: string; from: { written: number; spoken: number; tools: number } };

/** Cuts what is heard and done in a call into exchanges: each from what the caller does to what they do next. */
export class ExchangeBook {
  readonly exchanges: Exchange[] = [];
  readonly #progress: Progress;
  #open: Open | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** The caller does something: what was before is over. */
  begin(step: number | null, did: string): void {
    this.end();
    const { heard, toolCalls } = this.#progress;
    const from = { written: heard.written.length, spoken: heard.spoken.length, tools: toolCalls.length };
    this.#open = { step, did, from };
  }

  end(): void {
    if (!this.#open) return;
    const { step, did, from } = this.#open;
    const { heard, toolCalls, answerMs, cutOff } = this.#progress;
    const written = heard.written.slice(from.written);
    this.exchanges.push({
      step,
      did,
      written: written.join(' '),
      spoken: heard.spoken.slice(from.spoken).join(' '),
      interrupted: written.length > 0 && cutOff,
      tools: toolCalls.slice(from.tools),
      answerMs,
      silentMs: null,
    });
    this.#open = undefined;
  }
}
