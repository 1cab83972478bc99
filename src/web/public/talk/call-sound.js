import { byId } from '../parts/element.js';
import { createMeter } from './meters.js';
import { createSoundLevel } from './sound-level.js';

/** Often enough for a lively meter; times are taken from the samples, not from this clock. */
const readEveryMs = 40;

/**
 * Listens to both sides of a call: moves the meters and feeds the clock of heard answers.
 *
 * @param {ReturnType<typeof import('./heard.js').createHeardClock>} heardClock
 */
export function createCallSound(heardClock) {
  const context = new AudioContext();
  const you = createSoundLevel(context);
  const them = createSoundLevel(context);
  const yourMeter = createMeter(byId('you-meter'));
  const theirMeter = createMeter(byId('them-meter'));

  const timer = setInterval(() => {
    const yours = you.read();
    const theirs = them.read();
    yourMeter.show(yours.level);
    theirMeter.show(theirs.level);
    // The agent's sound first: a caller who talks over it must not shorten the wait for it.
    heardClock.agent(theirs);
    heardClock.caller(yours);
  }, readEveryMs);

  return {
    you,
    them,
    /** Needed after a click when the browser had forbidden sound until then. */
    resume: () => context.resume(),
    async close() {
      clearInterval(timer);
      you.close();
      them.close();
      yourMeter.show(0);
      theirMeter.show(0);
      if (context.state !== 'closed') await context.close();
    },
  };
}
