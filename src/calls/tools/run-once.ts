import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { idOfThing } from '../new-id.ts';
import type { ToolOutcome } from './tool-outcome.ts';
import type { NewToolRun, ToolRun, ToolRunState, ToolRunStore } from './tool-runs.ts';

/** What a session asks for. */
export type Asked = {
  tool: string;
  arguments: Record<string, unknown>;
  /** The caller's turn, from 1. */
  turn: number;
  /** Whether it may be sent again when nobody knows what came of it. */
  mayRepeat: boolean;
  /** Sends it. Rejects only where nothing was sent. */
  send: (run: Pick<ToolRun, 'id' | 'resumeToken'>) => Promise<ToolOutcome>;
};

export type Ran = {
  runId: string;
  outcome: ToolOutcome;
  /** It was sent by an earlier request for the same. */
  repeated: boolean;
  /** That request was under way, and is answered too. */
  joined: boolean;
};

type Means = {
  call: Pick<Call, 'id' | 'createdAt'>;
  store: ToolRunStore;
  ownership: { epoch: number; held(): Promise<boolean> };
  /** Writes what came of a run, however long the database is away. */
  keep: (write: () => Promise<void>) => void;
};

/** Somebody else has the call, and does what is asked in it. */
export class NotOursError extends Error {
  override readonly name = 'NotOursError';
}

/**
 * Runs the tools of one call so that each effect happens once: a run is written before it is sent, and whoever asks for the same
 * again (a model after a barge-in, a second model, another process that took the call over) is answered from what is written.
 * What nobody lived to write is sent again under the same key where the far end can tell a repetition, and is unknown elsewhere.
 */
export class RunOnce {
  readonly #means: Means;
  readonly #underWay = new Map<string, Promise<Ran>>();

  constructor(means: Means) {
    this.#means = means;
  }

  /** @throws NotOursError, and what `send` throws before anything is sent */
  run(asked: Asked): Promise<Ran> {
    const same = this.#underWay.get(keyOf(asked));
    if (same) return same.then((ran) => ({ ...ran, repeated: true, joined: true }));
    const running = this.#run(asked).finally(() => this.#underWay.delete(keyOf(asked)));
    this.#underWay.set(keyOf(asked), running);
    return running;
  }

  async #run(asked: Asked): Promise<Ran> {
    const begun = await this.#means.store.begin(this.#newRun(asked));
    if (begun.is === 'not_owned') throw new NotOursError('The call belongs to another session.');
    const { run } = begun;
    const repeated = begun.is === 'there';
    const known = repeated ? await this.#fromRecord(run, asked) : undefined;
    if (known) return { runId: run.id, outcome: known, repeated, joined: false };
    return { runId: run.id, outcome: await this.#send(run, asked), repeated, joined: false };
  }

  /** What the record says; undefined: it is sent again, and the record says so. */
  async #fromRecord(run: ToolRun, { mayRepeat }: Asked): Promise<ToolOutcome | undefined> {
    const { state, outcome } = run;
    const from: ToolRunState[] = mayRepeat ? ['failed', 'sent', 'unknown'] : ['failed'];
    if (from.includes(state) && (await this.#means.store.reopen(run.id, { from, claim: randomUUID() })))
      return undefined;
    if (outcome && state !== 'failed') return outcome;
    return { is: 'unknown', note: 'It was sent, and what came of it was not heard.' };
  }

  async #send(run: ToolRun, { send }: Asked): Promise<ToolOutcome> {
    const { ownership, store, keep } = this.#means;
    const settle = (outcome: ToolOutcome) => keep(() => store.settle(run.id, outcome));
    try {
      if (!(await ownership.held())) throw new NotOursError('The call belongs to another session.');
      const outcome = await send(run);
      settle(outcome);
      return outcome;
    } catch (error) {
      settle({ is: 'failed', note: 'It was not sent.' });
      throw error;
    }
  }

  #newRun({ tool, turn, arguments: given }: Asked): NewToolRun {
    const { call, ownership } = this.#means;
    const name = JSON.stringify([call.id, turn, tool, canonical(given)]);
    return {
      id: idOfThing('tool', { name, madeAt: call.createdAt }),
      callId: call.id,
      tool,
      turn,
      arguments: given,
      argumentsHash: createHash('sha256')
        .update(JSON.stringify(canonical(given)))
        .digest('hex'),
      resumeToken: randomBytes(18).toString('base64url'),
      epoch: ownership.epoch,
      claim: randomUUID(),
    };
  }
}

function keyOf({ tool, arguments: given }: Asked): string {
  return JSON.stringify([tool, canonical(given)]);
}

/** The same arguments in any order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, each]) => [name, canonical(each)]));
}
