import type { HungUpBy } from '../calls/call-state.ts';
import type { EndReason } from '../calls/end/end-reason.ts';
import type { ToolCall } from '../worker/conversation/observe.ts';

/** Over what a scenario was run. */
export const lines = ['text', 'sound'] as const;
export type Line = (typeof lines)[number];

/** Something that a tool did, once. */
export type Effect = { tool: string; arguments: Record<string, unknown> };

/** What the caller did in one step, and what they heard until the next. */
export type Exchange = {
  /** From 0; null for the greeting, and for what a persona says. */
  step: number | null;
  /** For people: `say "Hello?"`, `wait 12 s`. */
  did: string;
  /** The agent's words as they were written, as far as they were heard. */
  written: string;
  /** The same as a voice gets it, or as the caller's recogniser understood it. */
  spoken: string;
  /** The agent was cut off in the middle of this. */
  interrupted: boolean;
  tools: ToolCall[];
  /**
   * From the caller's last word to the agent's first, milliseconds. In text: to the first words of the language model, as it has
   * neither ears nor voice. Null: there was no answer, or no question.
   */
  answerMs: number | null;
  /** From the caller's first word over the agent to its silence, milliseconds; null where nobody was talked over, and in text. */
  silentMs: number | null;
};

/** How one run of a scenario went. */
export type Outcome = {
  line: Line;
  exchanges: Exchange[];
  effects: Effect[];
  /** Null: nobody had ended the call when the script was over. */
  ended: { reason: EndReason; by: HungUpBy } | null;
  /** USD. In text of the language model alone. */
  costUsd: number;
  /** Who answered, such as `scripted-llm script`. */
  model: string;
  /** What kept the scenario from being run as it is written. */
  troubles: string[];
  seconds: number;
};
