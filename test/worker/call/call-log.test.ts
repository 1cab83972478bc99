import { describe, expect, it } from 'vitest';
import { UnwritableError } from '../../../src/calls/change-id.ts';
import type { CostLine } from '../../../src/calls/call.ts';
import type { CallStore } from '../../../src/calls/ports.ts';
import { CallLog } from '../../../src/worker/call/call-log.ts';

type Batch = Parameters<CallStore['record']>[1];
type By = NonNullable<Parameters<CallStore['record']>[2]>;

/** Time that only passes when it is told to. */
function heldTime() {
  const waiting: (() => void)[] = [];
  return {
    pause: (_milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    /** Lets every pause end, and what follows from it happen, so many times. */
    pass: async (times = 1) => {
      for (let round = 0; round < times; round += 1) {
        for (const resolve of waiting.splice(0)) resolve();
        await new Promise(setImmediate);
      }
    },
  };
}

/** A log whose store is away for the first so many writes. */
function logAwayFor(writes: number, refusal: () => Error = () => new Error('the database is away')) {
  const written: { batch: Batch; by: By }[] = [];
  const tried: string[] = [];
  const said: string[] = [];
  const costs: CostLine[] = [];
  const time = heldTime();
  const log = new CallLog({
    store: {
      record: async (_callId, batch, by = {}) => {
        tried.push(`${by.change?.id} ${by.change?.repeated}`);
        if (tried.length <= writes) throw refusal();
        written.push({ batch, by });
      },
    },
    callId: 'call_1',
    epoch: 3,
    takeCosts: () => costs.splice(0),
    log: (level, message) => said.push(`${level} ${message}`),
    pause: time.pause,
  });
  const names = () => written.flatMap(({ batch }) => (batch.events ?? []).map(({ data }) => data?.['name']));
  return { log, written, tried, said, costs, names, pass: time.pass };
}

const event = (name: string) => ({ type: 'tool.called' as const, data: { name } });
const cost: CostLine = {
  component: 'llm',
  provider: 'p',
  model: 'm',
  quantity: 1,
  unit: 'token',
  usd: '0.1',
  source: 'list',
};

describe('the log of a call', () => {
  it('writes what comes together at once, with what it cost, under the epoch of its session', async () => {
    const { log, written, costs, names, pass } = logAwayFor(0);
    log.add({ events: [event('a')] });
    costs.push(cost);
    log.add({ events: [event('b')] });
    await pass();
    expect(written).toHaveLength(1);
    expect(names()).toEqual(['a', 'b']);
    expect(written[0]).toMatchObject({ by: { epoch: 3 }, batch: { costs: [cost] } });
  });

  it('keeps everything, in order, however often the database is away, and says so once', async () => {
    const { log, names, said, pass } = logAwayFor(50);
    log.add({ events: [event('a')] });
    await pass();
    const state = log.change(async () => 'ringing');
    log.add({ events: [event('b')] });
    await pass(60);
    expect(await state).toBe('ringing');
    await pass();
    expect(names()).toEqual(['a', 'b']);
    expect(said).toHaveLength(1);
  });

  it('tries a write again under its own id, with nothing added to it meanwhile', async () => {
    const { log, tried, written, costs, pass } = logAwayFor(1);
    log.add({ events: [event('a')] });
    await pass();
    costs.push(cost);
    log.add({ events: [event('b')] });
    await pass(4);
    const [first, again, other] = tried.map((each) => each.split(' '));
    expect(again).toEqual([first![0], 'true']);
    expect(other![0]).not.toBe(first![0]);
    expect(written.map(({ batch }) => [batch.events?.length, batch.costs?.length])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  it('writes a turn once that is known better before it is written', async () => {
    const { log, written, pass } = logAwayFor(0);
    const turn = { index: 7, role: 'caller' as const, text: 'Hello?', startedMs: 0, endedMs: 1, interrupted: false };
    log.add({ turns: [turn] });
    log.add({ turns: [{ ...turn, index: 8 }] });
    log.add({ turns: [{ ...turn, interrupted: true }] });
    await pass();
    expect(written.map(({ batch }) => batch.turns)).toEqual([
      [
        { ...turn, index: 8 },
        { ...turn, interrupted: true },
      ],
    ]);
  });

  it('makes a change in its turn, at once, and gives its result', async () => {
    const { log, names } = logAwayFor(0);
    log.add({ events: [event('before')] });
    const seen = await log.change(async () => names());
    expect(seen).toEqual(['before']);
  });

  it('goes on after a write that the database can never take', async () => {
    const { log, names, said, pass } = logAwayFor(1, () => new UnwritableError('no'));
    log.add({ events: [event('poison')] });
    await pass();
    log.add({ events: [event('b')] });
    await pass(2);
    expect(names()).toEqual(['b']);
    expect(said).toEqual(['error a part of the record of a call is lost']);
  });

  it('is settled when all is written, costs without a word too', async () => {
    const { log, written, costs } = logAwayFor(0);
    costs.push(cost);
    await log.settled();
    expect(written).toMatchObject([{ batch: { costs: [cost] } }]);
  });

  it('ends when it is given up, and tells whoever waits', async () => {
    const { log, pass } = logAwayFor(Infinity);
    log.add({ events: [event('a')] });
    await pass();
    const end = log.change(() => Promise.reject(new Error('away')));
    log.giveUp();
    await pass(3);
    await expect(end).rejects.toThrow('away');
  });

  it('numbers the turns of each session apart', () => {
    expect(logAwayFor(0).log.firstTurn).toBe(20_000);
  });
});
