import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { type Asked, NotOursError, type Ran, RunOnce } from '../../../src/calls/tools/run-once.ts';
import type { ToolOutcome } from '../../../src/calls/tools/tool-outcome.ts';
import type { ToolRunStore } from '../../../src/calls/tools/tool-runs.ts';
import { callStore } from '../../../src/store/calls/call-store.ts';
import { toolRunStore } from '../../../src/store/calls/tool-run-store.ts';
import { aCall, openStore } from '../../store/open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
let runs: ToolRunStore;
beforeAll(async () => {
  store = await openStore();
  runs = toolRunStore(store.database);
});
afterAll(() => store.close());

/** A call that is under way, and what takes it over. */
async function aRunningCall() {
  const calls = callStore(store.database);
  const call = await calls.insertCall(aCall({ direction: 'web', state: 'in_progress' }), { type: 'call.state' });
  let owners = 0;
  let epoch = 0;
  /** As a process that died loses it, and the next one gets it. */
  const take = async () => {
    if (epoch > 0) await calls.renewLeases([{ callId: call.id, epoch }], 0);
    const taken = await calls.takeLease({ callId: call.id, owner: `process/${(owners += 1)}`, seconds: 60 });
    epoch = taken!.epoch;
    return epoch;
  };
  return { call, take, current: () => epoch };
}

/** A server that books. It tells a repetition by its key or it does not, as life has it. */
function aFarEnd({ knowsKeys }: { knowsKeys: boolean }) {
  const booked: string[] = [];
  return {
    booked,
    book(key: string): ToolOutcome {
      if (!knowsKeys || !booked.includes(key)) booked.push(key);
      return { is: 'done', status: 201, answer: { number: 7 } };
    },
  };
}

/** Stands still at one of the steps that it is told of, for ever or until it is woken. */
class Fate {
  readonly #at: number;
  readonly #awake = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();
  steps: string[] = [];

  constructor(at: number) {
    this.#at = at;
  }

  async step(name: string): Promise<void> {
    this.steps.push(name);
    if (this.steps.length - 1 !== this.#at) return;
    this.#reached.resolve();
    await this.#awake.promise;
  }

  /** Resolved once it stands still. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  wake(): void {
    this.#awake.resolve();
  }
}

type FarEnd = ReturnType<typeof aFarEnd>;

/** What one process does with one call; every step of it can be its last. */
function aSession({ call, epoch, current, fate }: { call: Call; epoch: number; current: () => number; fate: Fate }) {
  const around = <A extends unknown[], T>(name: string, act: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      await fate.step(`before ${name}`);
      const result = await act(...args);
      await fate.step(`after ${name}`);
      return result;
    };
  };
  const writing: Promise<void>[] = [];
  const once = new RunOnce({
    call,
    store: {
      ...runs,
      begin: around('the record', (run) => runs.begin(run)),
      reopen: around('the second record', (id, request) => runs.reopen(id, request)),
      settle: around('the outcome is kept', (id, outcome) => runs.settle(id, outcome)),
    },
    ownership: { epoch, held: around('the lease is looked at', async () => epoch === current()) },
    keep: (write) => void writing.push(write()),
  });
  const told = around('it is told', (id: string) => runs.told(id, { epoch }));
  return {
    /** Asks, and tells the caller where somebody still listens. */
    async ask(farEnd: FarEnd, asked: Partial<Asked> & { listens?: boolean } = {}): Promise<Ran> {
      const { listens = true, ...rest } = asked;
      const ran = await once.run({
        tool: 'book',
        arguments: { day: 'Tuesday', people: 2 },
        turn: 1,
        mayRepeat: false,
        send: async ({ id }) => {
          await fate.step('before it is sent');
          await fate.step('on the way');
          const outcome = farEnd.book(id);
          await fate.step('done, and not answered');
          await fate.step('answered, and not heard');
          return outcome;
        },
        ...rest,
      });
      await Promise.all(writing);
      if (listens) await told(ran.runId);
      return ran;
    },
  };
}

const never = () => new Fate(Number.POSITIVE_INFINITY);

/** The steps of one execution from the question to the caller who knows. */
async function stepsOfARun(): Promise<string[]> {
  const { call, take, current } = await aRunningCall();
  const fate = never();
  await aSession({ call, epoch: await take(), current, fate }).ask(aFarEnd({ knowsKeys: true }));
  return fate.steps;
}

const steps = [
  'before the record',
  'after the record',
  'before the lease is looked at',
  'after the lease is looked at',
  'before it is sent',
  'on the way',
  'done, and not answered',
  'answered, and not heard',
  'before the outcome is kept',
  'after the outcome is kept',
  'before it is told',
  'after it is told',
];

test('these are all the steps at which a process can die', async () => {
  expect(await stepsOfARun()).toEqual(steps);
});

describe.each(steps.map((name, at) => ({ name, at })))('a process that stops $name', ({ at }) => {
  for (const wakes of [false, true])
    for (const knowsKeys of [true, false])
      test(`${wakes ? 'and goes on' : 'for good'}, with a server that ${knowsKeys ? 'knows' : 'does not know'} keys: one effect, and the truth is told`, async () => {
        const { call, take, current } = await aRunningCall();
        const farEnd = aFarEnd({ knowsKeys });
        const fate = new Fate(at);
        const first = aSession({ call, epoch: await take(), current, fate })
          .ask(farEnd, { mayRepeat: knowsKeys })
          .catch((error: unknown) => error);
        await fate.reached;
        // Another process has the call, and its model asks for the same: the caller was cut off, and says it again.
        const second = aSession({ call, epoch: await take(), current, fate: never() });
        const again = await second.ask(farEnd, { mayRepeat: knowsKeys, turn: at === steps.length - 1 ? 1 : 2 });
        if (wakes) {
          fate.wake();
          await first;
        }
        expect(farEnd.booked.length).toBeLessThanOrEqual(1);
        if (knowsKeys) expect(farEnd.booked).toHaveLength(1);
        // Nobody says that it was done where it was not, nor that it was not where it was.
        if (again.outcome.is === 'done') expect(farEnd.booked).toHaveLength(1);
        else expect([again.outcome.is, knowsKeys]).toEqual(['unknown', false]);
        // And it stays so, whoever asks once more before it is told.
        if (again.outcome.is === 'unknown') {
          const third = await second.ask(farEnd, { turn: 3 });
          if (third.outcome.is === 'done') expect(farEnd.booked).toHaveLength(1);
          else expect(third.outcome.is).toBe('unknown');
          expect(farEnd.booked.length).toBeLessThanOrEqual(1);
        }
      });
});

describe.each(steps.slice(0, 10).map((name, at) => ({ name, at })))('a caller who interrupts $name', ({ at }) => {
  test('has one effect, though the model asks again in its next turn and a second model asks too', async () => {
    const { call, take, current } = await aRunningCall();
    const farEnd = aFarEnd({ knowsKeys: false });
    const fate = new Fate(at);
    const session = aSession({ call, epoch: await take(), current, fate });
    const first = session.ask(farEnd, { listens: false });
    await fate.reached;
    // The same arguments in another order.
    const again = session.ask(farEnd, { turn: 2, arguments: { people: 2, day: 'Tuesday' } });
    const beside = session.ask(farEnd, { turn: 2 });
    fate.wake();
    const outcomes = await Promise.all([first, again, beside]);
    expect(farEnd.booked).toHaveLength(1);
    expect(outcomes.map(({ outcome }) => outcome.is)).toEqual(['done', 'done', 'done']);
    expect(new Set(outcomes.map(({ runId }) => runId)).size).toBe(1);
    expect(outcomes.map(({ repeated }) => repeated)).toEqual([false, true, true]);
    // Those who ask while it is under way need not tell it again.
    const underWay = at < steps.indexOf('before the outcome is kept');
    if (underWay) expect(outcomes.map(({ joined }) => joined)).toEqual([false, true, true]);
  });
});

test('what the caller has heard may be asked for anew in a later turn, and not in the same', async () => {
  const { call, take, current } = await aRunningCall();
  const farEnd = aFarEnd({ knowsKeys: true });
  const session = aSession({ call, epoch: await take(), current, fate: never() });
  const first = await session.ask(farEnd);
  const same = await session.ask(farEnd);
  expect([same.runId, same.repeated]).toEqual([first.runId, true]);
  expect(farEnd.booked).toHaveLength(1);
  const more = await session.ask(farEnd, { turn: 2 });
  expect(more.runId).not.toBe(first.runId);
  expect(farEnd.booked).toHaveLength(2);
  const other = await session.ask(farEnd, { turn: 2, arguments: { day: 'Friday', people: 2 } });
  expect(other.repeated).toBe(false);
  expect((await runs.list(call.id)).map(({ state, toldAt }) => [state, toldAt !== null])).toEqual([
    ['done', true],
    ['done', true],
    ['done', true],
  ]);
});

test('two processes that ask at the same moment write one record', async () => {
  const { call, take, current } = await aRunningCall();
  const farEnd = aFarEnd({ knowsKeys: false });
  const epoch = await take();
  const sessions = Array.from({ length: 8 }, () => aSession({ call, epoch, current, fate: never() }));
  await Promise.all(sessions.map((session) => session.ask(farEnd, { listens: false })));
  expect(farEnd.booked).toHaveLength(1);
  expect(await runs.list(call.id)).toHaveLength(1);
});

test('a session that has lost the call sends nothing', async () => {
  const { call, take, current } = await aRunningCall();
  const farEnd = aFarEnd({ knowsKeys: true });
  const epoch = await take();
  await take();
  await expect(aSession({ call, epoch, current, fate: never() }).ask(farEnd)).rejects.toThrow(NotOursError);
  expect(farEnd.booked).toEqual([]);
  expect(await runs.list(call.id)).toEqual([]);
});

test('what was surely not done is sent again under the same key', async () => {
  const { call, take, current } = await aRunningCall();
  const session = aSession({ call, epoch: await take(), current, fate: never() });
  const farEnd = aFarEnd({ knowsKeys: false });
  const away = await session.ask(farEnd, { send: async () => ({ is: 'failed', note: 'away' }) });
  const back = await session.ask(farEnd, { turn: 2 });
  expect([away.outcome.is, back.outcome.is, back.runId]).toEqual(['failed', 'done', away.runId]);
  expect(farEnd.booked).toEqual([away.runId]);
});

test('an answer that comes later is taken once, from whoever knows the token', async () => {
  const { call, take, current } = await aRunningCall();
  const session = aSession({ call, epoch: await take(), current, fate: never() });
  const { runId } = await session.ask(aFarEnd({ knowsKeys: true }), {
    send: async () => ({ is: 'waiting', status: 202 }),
  });
  const { resumeToken: token } = (await runs.find(runId))!;
  const outcome: ToolOutcome = { is: 'done', answer: 'ready' };
  expect(await runs.answer(runId, { token: 'guessed', outcome })).toBeNull();
  expect(await runs.answer('tool_0', { token, outcome })).toBeNull();
  expect(await runs.answer(runId, { token, outcome })).toMatchObject({ state: 'done', tool: 'book' });
  expect(await runs.answer(runId, { token, outcome: { is: 'done', answer: 'other' } })).toBeNull();
  // It came before the 202 was written down.
  await runs.settle(runId, { is: 'waiting' });
  expect(await runs.find(runId)).toMatchObject({ state: 'done', outcome });
});
