import type { SlotValue } from './read-slot.ts';

/** Where a conversation stands. Derived from the transcript for every reply and never kept, so a reply can be thrown away. */
export type Talk = {
  readonly task?: ActiveTask;
  /** What the caller told about themselves outside a task. */
  readonly known: { readonly name?: SlotValue; readonly phone?: SlotValue };
  /** A message was offered; the text is what the caller had said. */
  readonly offered?: string;
  /** "Anything else?" was the last thing asked. */
  readonly closing: boolean;
  /** Utterances in a row that were not understood. */
  readonly misses: number;
  /** What the agent said last, in full. */
  readonly last: string;
};

export type ActiveTask = {
  readonly id: string;
  readonly values: Readonly<Record<string, SlotValue>>;
  /**
   * A slot, or what stands after the slots: the read-back, what to change, a tool that is to be called, one that was called,
   * one that failed.
   */
  readonly awaiting: { slot: string } | 'confirm' | 'change' | 'tool' | 'running' | 'retry';
  readonly misses: number;
  /** The beginning of a phone number. */
  readonly digits: string;
  /** The caller said goodbye: the call ends once the tool has run. */
  readonly leaving: boolean;
  /** An opening task whose first question the greeting did not ask yet. */
  readonly unasked: boolean;
};

/** A tool by its agent-file name (`take-message`) with its arguments. */
export type ToolCall = { tool: string; args: Record<string, string | number | boolean> };

/** What the agent does next: the new state, texts of the script to say, perhaps a tool to call. */
export type Move = { talk: Talk; say: string[]; call?: ToolCall };

export const beginning: Talk = { known: {}, closing: false, misses: 0, last: '' };

/** The talk without its task, offer or closing question: nothing is pending. */
export function idle({ known, last }: Talk): Talk {
  return { known, last, closing: false, misses: 0 };
}
