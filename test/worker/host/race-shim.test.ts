/* oxlint-disable unicorn/no-thenable, typescript/unbound-method, typescript/await-thenable, typescript/no-floating-promises -- the subject is Promise.race itself, with all it must put up with */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ThrowsPromise } from '@livekit/throws-transformer/throws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRaceShim } from '../../../src/worker/host/race-shim.ts';

const nativeRace = Promise.race;
let uninstall: () => void;
beforeAll(() => {
  uninstall = installRaceShim();
});
afterAll(() => uninstall());

const never = () => new Promise<never>(() => undefined);
const after = <T>(turns: number, value: T): Promise<T> =>
  turns === 0 ? Promise.resolve(value) : Promise.resolve().then(() => after(turns - 1, value));

/** What a race comes to: its value or its reason, and after how many microtasks. */
async function outcomeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return ['value', await run()];
  } catch (error) {
    // The engine words its own errors after the code they come from.
    return ['reason', error instanceof TypeError ? 'a TypeError' : error];
  }
}

/** Runs the same race with the built-in and with ours. */
async function both(
  run: (race: typeof Promise.race) => Promise<unknown>,
): Promise<{ ours: unknown; builtIn: unknown }> {
  const ours = await outcomeOf(() => run(Promise.race.bind(Promise) as typeof Promise.race));
  const builtIn = await outcomeOf(() => run(nativeRace.bind(Promise) as typeof Promise.race));
  return { ours, builtIn };
}

describe('the leak-free Promise.race', () => {
  it('replaces the built-in one and can be taken away again', () => {
    expect(Promise.race).not.toBe(nativeRace);
    uninstall();
    expect(Promise.race).toBe(nativeRace);
    uninstall = installRaceShim();
  });

  it('has the name, the length and the property attributes of the built-in one', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Promise, 'race');
    expect(Promise.race.name).toBe('race');
    expect(Promise.race.length).toBe(1);
    expect(descriptor).toMatchObject({ writable: true, enumerable: false, configurable: true });
    expect(() => Reflect.construct(Promise.race, [])).toThrow(TypeError);
  });

  const cases: Record<string, (race: typeof Promise.race) => Promise<unknown>> = {
    'the first of pending promises': (race) => race([after(5, 'slow'), after(2, 'fast'), never()]),
    'the first in the list among settled promises': (race) => race([Promise.resolve('a'), Promise.resolve('b')]),
    'a rejection that comes before a value': (race) => race([after(4, 'late'), Promise.reject(new Error('lost'))]),
    'a value that comes before a rejection': (race) =>
      race([Promise.resolve('won'), after(3, 0).then(() => Promise.reject(new Error('late')))]),
    'plain values, which are settled': (race) => race([never(), 7, 8]),
    'undefined among the contenders': (race) => race([undefined, 1]),
    'a thenable': (race) => race([never(), { then: (resolve: (value: string) => void) => resolve('thenable') }]),
    'a thenable that throws': (race) =>
      race([
        never(),
        {
          then: () => {
            throw new Error('then failed');
          },
        },
      ]),
    'a thenable whose then is a getter that throws': (race) =>
      race([
        {
          get then(): never {
            throw new Error('getter failed');
          },
        },
      ]),
    'a promise of another realm': (race) => race([never(), runInNewContext('Promise.resolve("elsewhere")')]),
    'a promise with a then of its own': (race) => {
      const own = never();
      Object.defineProperty(own, 'then', { value: (resolve: (value: string) => void) => resolve('own then') });
      return race([own, after(9, 'late')]);
    },
    'any iterable': (race) => race(new Set([after(3, 'set'), after(1, 'first')])),
    'a string, letter by letter': (race) => race('xyz'),
    'something that is not iterable': (race) => race(5 as unknown as Iterable<unknown>),
    'nothing at all': (race) => race(undefined as unknown as Iterable<unknown>),
  };
  for (const [name, run] of Object.entries(cases)) {
    it(`decides like the built-in one: ${name}`, async () => {
      const { ours, builtIn } = await both(run);
      expect(ours).toEqual(builtIn);
    });
  }

  it('settles in the same microtask as the built-in one', async () => {
    const order: string[] = [];
    const contender = after(3, 'x');
    void nativeRace.call(Promise, [contender, never()]).then(() => order.push('built-in'));
    void Promise.race([contender, never()]).then(() => order.push('ours'));
    void nativeRace.call(Promise, [contender, never()]).then(() => order.push('built-in again'));
    await after(20, 0);
    expect(order).toEqual(['built-in', 'ours', 'built-in again']);
  });

  it('stays pending for ever without contenders', async () => {
    const race = Promise.race([]);
    expect(await nativeRace.call(Promise, [race, after(20, 'still pending')])).toBe('still pending');
  });

  it('closes the iterator when a contender cannot be taken, and leaves it alone when the iterator itself fails', async () => {
    const closed: string[] = [];
    const iterable = (fails: 'contender' | 'iterator'): Iterable<unknown> => ({
      [Symbol.iterator]: () => ({
        next: () => {
          if (fails === 'iterator') throw new Error('next failed');
          return {
            done: false,
            value: {
              get then(): never {
                throw new Error('unusable');
              },
            },
          };
        },
        return: () => {
          closed.push(fails);
          return { done: true, value: undefined };
        },
      }),
    });
    const refusing = class extends Promise<unknown> {
      static override resolve(): never {
        throw new Error('refused');
      }
    };
    await expect((refusing as PromiseConstructor).race(iterable('contender'))).rejects.toThrow('refused');
    await expect(Promise.race(iterable('iterator'))).rejects.toThrow('next failed');
    expect(closed).toEqual(['contender']);
  });

  it('makes a promise of the class it was called on', () => {
    class Mine extends Promise<unknown> {}
    expect(Mine.race([1])).toBeInstanceOf(Mine);
    expect(ThrowsPromise.race([ThrowsPromise.resolve(1)])).toBeInstanceOf(ThrowsPromise);
  });

  it('refuses to be called on what is no constructor', () => {
    expect(() => Promise.race.call(undefined as unknown as PromiseConstructor, [])).toThrow(TypeError);
    expect(() => Promise.race.call((() => undefined) as unknown as PromiseConstructor, [])).toThrow(TypeError);
  });

  it('rejects when the class has no callable resolve', async () => {
    class Mute extends Promise<unknown> {}
    Object.defineProperty(Mute, 'resolve', { value: 5 });
    await expect(Mute.race([1])).rejects.toThrow(TypeError);
  });

  it('counts a contender that loses and rejects later as handled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    let lose!: (reason: Error) => void;
    const loser = new Promise((_, reject) => (lose = reject));
    await Promise.race([loser, 'won']);
    lose(new Error('too late'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('serves many races of one promise, each once', async () => {
    let settle!: (value: string) => void;
    const shared = new Promise<string>((resolve) => (settle = resolve));
    const races = Array.from({ length: 50 }, (_, index) =>
      Promise.race(index % 2 ? [shared, after(3, 'other')] : [shared]),
    );
    await after(10, 0);
    settle('shared');
    const outcomes = await Promise.all(races);
    expect(outcomes.filter((outcome) => outcome === 'other')).toHaveLength(25);
    expect(await Promise.race([shared, never()])).toBe('shared');
  });

  for (const [name, race] of [
    ['Promise.race', (list: Promise<unknown>[]) => Promise.race(list)],
    ['ThrowsPromise.race', (list: Promise<unknown>[]) => ThrowsPromise.race(list)],
  ] as const) {
    it(`${name} keeps nothing of races against a promise that never settles`, async () => {
      const kept = await keptAfterRaces(race);
      expect(kept).toBe(0);
    });
  }

  it('a class keeps no promise per race of a foreign promise that never settles', async () => {
    const pending = never();
    const race = async (count: number) => {
      for (let round = 0; round < count; round += 1) await ThrowsPromise.race([Promise.resolve(round), pending]);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await race(1_000);
    const kept = (await race(30_000)) - before;
    void ThrowsPromise.race([Promise.resolve(), pending]);
    // One promise and its reaction take some 500 bytes.
    expect(kept).toBeLessThan(3_000_000);
  });

  it('is needed: the built-in one keeps every value', async () => {
    expect(await keptAfterRaces((list) => nativeRace.call(Promise, list))).toBe(200);
  });
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** How many of 200 values that won a race against one pending promise are still reachable after a collection. */
async function keptAfterRaces(race: (list: Promise<unknown>[]) => Promise<unknown>): Promise<number> {
  const pending = never();
  const values: WeakRef<object>[] = [];
  const once = async () => {
    const value = { frame: new Uint8Array(64) };
    values.push(new WeakRef(value));
    await race([Promise.resolve(value), pending]);
  };
  for (let round = 0; round < 200; round += 1) await once();
  await race([Promise.resolve('nothing to keep'), pending]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 5));
  collectGarbage();
  const kept = values.filter((value) => value.deref() !== undefined).length;
  // Uses the promise after the collection, so that it was alive during it.
  void race([Promise.resolve(), pending]);
  return kept;
}
