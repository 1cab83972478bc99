import { types } from 'node:util';

/**
 * A `Promise.race` that forgets a race once it is decided.
 *
 * The built-in one leaves a reaction on every contender until that contender settles. The SDK reads each audio frame in a
 * race against one promise that stays pending for the whole call, so that every frame of the call stays reachable: about
 * 9 MB per minute and call. This one puts a single reaction on each pending promise and keeps the races it takes part in
 * in a set, from which a decided race takes itself away.
 *
 * It follows ECMA-262 §27.2.4.5, and serves subclasses that call `super.race` too. One order differs: among contenders
 * that have all settled before the race, one that is still in an older race may win over one that stands before it. And
 * `resolve` of a subclass is asked once for each foreign promise, not once for each race.
 */
type Thenable = { then: unknown };
type Make = (contender: unknown) => Thenable;
type Race = {
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
  entered: Set<Race>[];
};

const nativeThen = Reflect.get(Promise.prototype, 'then');

/** Puts the leak-free `race` on `Promise`; returns the function that restores the old one. */
export function installRaceShim(): () => void {
  const native = Object.getOwnPropertyDescriptor(Promise, 'race')!;
  Object.defineProperty(Promise, 'race', { ...native, value: Reflect.get(leakFree, 'race') });
  return () => void Object.defineProperty(Promise, 'race', native);
}

/** Of each pending promise, the races it is in. */
const racesOf = new WeakMap<object, Set<Race>>();

/** Methods are written in an object so that, as the specification wants, `race` is not a constructor. */
const leakFree = {
  race(this: unknown, contenders: Iterable<unknown>): unknown {
    const constructor = this as PromiseConstructor;
    const { promise, resolve, reject } = Promise.withResolvers.call(constructor) as PromiseWithResolvers<unknown>;
    const entered: Set<Race>[] = [];
    const leave = () => {
      for (const races of entered) races.delete(race);
      entered.length = 0;
    };
    const race: Race = {
      resolve: (value) => (leave(), resolve(value)),
      reject: (reason) => (leave(), reject(reason)),
      entered,
    };
    try {
      const resolveContender: unknown = Reflect.get(constructor, 'resolve');
      if (typeof resolveContender !== 'function')
        throw new TypeError('Promise resolve or reject function is not callable');
      const make: Make = (contender) => Reflect.apply(resolveContender, constructor, [contender]) as Thenable;
      for (const contender of contenders) enter(promiseOf(contender, constructor, make), race);
    } catch (error) {
      race.reject(error);
    }
    return promise;
  },
};

/** Of each pending promise of another class, the promise that each class has made of it. */
const madeOf = new WeakMap<object, Map<unknown, Thenable>>();

/**
 * The contender as a promise of the class. Of a foreign promise the class makes a new one, which is a reaction on the foreign
 * one: the SDK's class would put one per audio frame on a promise that stays pending for the whole call.
 */
function promiseOf(contender: unknown, constructor: unknown, make: Make): Thenable {
  if (!types.isPromise(contender) || contender.constructor === constructor || contender.then !== nativeThen)
    return make(contender);
  const known = madeOf.get(contender);
  const made = known?.get(constructor) ?? make(contender);
  if (known) known.set(constructor, made);
  else {
    madeOf.set(contender, new Map([[constructor, made]]));
    const forget = () => madeOf.delete(contender);
    void Reflect.apply(nativeThen, contender, [forget, forget]);
  }
  return made;
}

function enter(contender: Thenable, race: Race): void {
  const { then } = contender;
  if (then !== nativeThen) {
    Reflect.apply(then as (...reactions: unknown[]) => unknown, contender, [race.resolve, race.reject]);
    return;
  }
  let races = racesOf.get(contender);
  if (!races) {
    races = new Set();
    react(contender, races);
    racesOf.set(contender, races);
  }
  races.add(race);
  race.entered.push(races);
}

/** The one reaction of a promise, for all its races. A later race of the settled promise starts anew. */
function react(contender: object, races: Set<Race>): void {
  const settle = (how: 'resolve' | 'reject') => (outcome: unknown) => {
    racesOf.delete(contender);
    for (const race of races) {
      try {
        race[how](outcome);
      } catch (error) {
        // A subclass's own resolver threw: reported as the built-in one does, and the other races go on.
        void Promise.reject(error);
      }
    }
  };
  void Reflect.apply(nativeThen, contender, [settle('resolve'), settle('reject')]);
}
