import type { SlotValue } from '../reading/read-slot.ts';

/** Where a conversation stands. Derived from the transcript for every reply and never kept, so a reply can be thrown away. */
export type Talk = {
  readonly task?: ActiveTask;
  /** A task that was left for a question or a message; it goes on afterwards. */
  readonly suspended?: ActiveTask;
  /** Tasks whose tools answer later. */
  readonly waiting: readonly ActiveTask[];
  /** What the caller told about themselves outside a task. */
  readonly known: { readonly name?: SlotValue; readonly phone?: SlotValue };
  /** A message was offered. */
  readonly offered: boolean;
  /** What the caller said and nobody could answer, kept for the message. */
  readonly unanswered: readonly string[];
  /** What was given in the tasks that are over, by task. */
  readonly finished: Readonly<Record<string, ActiveTask['values']>>;
  /** A transfer was tried. */
  readonly connected: boolean;
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
  /** Tries at what is awaited, and at all that was asked in this task. */
  readonly misses: number;
  readonly allMisses: number;
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

export const beginning: Talk = {
  known: {},
  waiting: [],
  offered: false,
  unanswered: [],
  finished: {},
  connected: false,
  closing: false,
  misses: 0,
  last: '',
};

/** A task at its first question. */
export function newTask(id: string, values: ActiveTask['values'] = {}): ActiveTask {
  return { id, values, awaiting: 'confirm', misses: 0, allMisses: 0, digits: '', leaving: false, unasked: false };
}

/** The talk without its task, offer or closing question: nothing is pending but what was suspended. */
export function idle({ known, last, connected, finished, suspended, waiting }: Talk): Talk {
  return { ...beginning, known, last, connected, finished, waiting, ...(suspended && { suspended }) };
}

/** The talk with its task put aside until something else is settled. */
export function aside(talk: Talk): Talk {
  const suspended = talk.task ?? talk.suspended;
  return { ...idle(talk), unanswered: talk.unanswered, ...(suspended && { suspended }) };
}

/** The talk with the task that was put aside under way again, if there is one. */
export function resumed(talk: Talk): Talk {
  const { suspended, ...rest } = idle(talk);
  return suspended ? { ...rest, task: suspended } : rest;
}
