import { isFailure, toldOutcome } from '../../../calls/tools/tool-outcome.ts';
import type { ToolRun, ToolRunStore } from '../../../calls/tools/tool-runs.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { LateAnswers } from './late-answers.ts';

/** Whoever takes the answer tells us; should that be lost, it is found within this time. */
const lookEveryMs = 5_000;

/** Runs of this call that were promised an answer for later, by this session or one before it. */
export class AwaitedAnswers {
  readonly #parts: { callId: string; runs: Pick<ToolRunStore, 'list'>; late: LateAnswers; log: Log };
  readonly #awaited = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { callId: string; runs: Pick<ToolRunStore, 'list'>; late: LateAnswers; log: Log }) {
    this.#parts = parts;
  }

  /** The server of this run said that it answers later. */
  await(runId: string): void {
    this.#awaited.add(runId);
    this.#timer ??= setInterval(() => this.look(), lookEveryMs);
  }

  /** Looks for answers now. */
  look(): void {
    if (this.#awaited.size === 0) return;
    this.#take().catch((error: unknown) => this.#parts.log('warn', 'answers of tools cannot be looked for', { error }));
  }

  /**
   * What an earlier session of the call had done and may not have told: the model is told, so that it neither does it again nor
   * says that it was not done.
   */
  async restore(): Promise<void> {
    for (const run of await this.#parts.runs.list(this.#parts.callId)) {
      if (run.state === 'waiting') this.await(run.id);
      if (run.toldAt === null && run.state !== 'failed') this.#parts.late.remember(run, answerOf(run));
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#awaited.clear();
  }

  async #take(): Promise<void> {
    for (const run of await this.#parts.runs.list(this.#parts.callId))
      if (run.state !== 'waiting' && this.#awaited.delete(run.id)) this.#parts.late.later(run, answerOf(run));
    if (this.#awaited.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function answerOf(run: ToolRun) {
  const outcome = run.outcome ?? { is: 'unknown' as const };
  return {
    runId: run.id,
    told: toldOutcome(outcome, { repeated: false, onError: undefined }),
    isError: isFailure(outcome),
  };
}
