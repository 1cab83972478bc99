/** The executions of tools, as they are kept. `src/store` implements it. */
import type { ToolOutcome } from './tool-outcome.ts';

/** `sent`: running, or nobody lived to write what came of it. */
export const toolRunStates = ['sent', 'waiting', 'done', 'refused', 'failed', 'unknown'] as const;
export type ToolRunState = (typeof toolRunStates)[number];

/** One execution of a tool of an agent's own. */
export type ToolRun = {
  /** `tool_` + ULID, from call, turn, tool and arguments: the `Idempotency-Key` of its request. */
  id: string;
  callId: string;
  tool: string;
  /** The caller's turn, from 1, in which it was asked for. */
  turn: number;
  arguments: Record<string, unknown>;
  state: ToolRunState;
  outcome: ToolOutcome | null;
  /** Who may send its answer later. */
  resumeToken: string;
  createdAt: Date;
  /** When its outcome was known. */
  settledAt: Date | null;
  /** When the caller had heard what came of it. */
  toldAt: Date | null;
};

export type NewToolRun = Pick<ToolRun, 'id' | 'callId' | 'tool' | 'turn' | 'arguments' | 'resumeToken'> & {
  /** Of the arguments in canonical order. */
  argumentsHash: string;
  /** Under which the session has the call. */
  epoch: number;
  /** Made for this request alone, so that a repetition of it after a lost connection is known. */
  claim: string;
};

export type ToolRunStore = {
  /**
   * Writes a run before it is sent. An earlier one of the same call, tool and arguments is answered in its place as long as
   * what came of it is not told, and in the turn in which it was asked for. `not_owned`: somebody else has the call.
   */
  begin(run: NewToolRun): Promise<{ is: 'new' | 'there'; run: ToolRun } | { is: 'not_owned' }>;
  /**
   * Notes that a run is sent again, before it is. False: it is not in one of these states any more, and is not to be sent.
   * @param claim Made for this request alone
   */
  reopen(id: string, request: { from: readonly ToolRunState[]; claim: string }): Promise<boolean>;
  /** Keeps what came of it. An outcome that is known for good stays. */
  settle(id: string, outcome: ToolOutcome): Promise<void>;
  /**
   * The caller has heard what came of it. What is done or refused may then be asked for anew. A session that has lost the call
   * told nobody.
   */
  told(id: string, by: { epoch: number }): Promise<void>;
  /** Takes the answer that comes later. Null: there is no such run that waits for one. */
  answer(id: string, given: { token: string; outcome: ToolOutcome }): Promise<ToolRun | null>;
  find(id: string): Promise<ToolRun | null>;
  /** In the order in which they were begun. */
  list(callId: string): Promise<ToolRun[]>;
};
