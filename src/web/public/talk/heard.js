/** Agent sound after this much silence is a new beginning, not a pause between words. */
const pauseMs = 400;
/** How far the measured time may lie off the server's: its clock stops at the first sample sent, ours at the first heard. */
const plausible = { beforeMs: 250, afterMs: 2000 };
/** Turns and sounds that find no partner within this time never will. */
const forgetMs = 30_000;

/**
 * Measures at the browser what the person experiences: from their own last sound to the agent's first. The server tells
 * the stages of a turn, this the moment it was heard; each beginning of agent sound is matched with the turn whose time
 * it fits. A turn that no sound fits (a cough in between, a muted microphone) is left without, rather than told wrong.
 *
 * @param {(index: number, heardMs: number) => void} onHeard
 */
export function createHeardClock(onHeard) {
  /** @type {number | null} */
  let callerLoudMs = null;
  let agentLoudMs = Number.NEGATIVE_INFINITY;
  /** @type {{ atMs: number, waitedMs: number }[]} */
  let sounds = [];
  /** @type {{ atMs: number, index: number, totalMs: number | undefined }[]} */
  let turns = [];

  function match() {
    for (const turn of turns) {
      const sound = sounds.findLast(({ waitedMs }) => fits(waitedMs, turn.totalMs));
      if (!sound) continue;
      sounds = sounds.filter((other) => other !== sound);
      turns = turns.filter((other) => other !== turn);
      onHeard(turn.index, sound.waitedMs);
    }
  }

  return {
    /** @param {import('./sound-level.js').Reading} reading Of the microphone. */
    caller(reading) {
      if (reading.lastLoudMs !== null) callerLoudMs = reading.lastLoudMs;
    },
    /** @param {import('./sound-level.js').Reading} reading Of the agent's audio. */
    agent(reading) {
      if (reading.firstLoudMs === null || reading.lastLoudMs === null) return;
      const beganMs = reading.firstLoudMs;
      const isBeginning = beganMs - agentLoudMs > pauseMs;
      agentLoudMs = reading.lastLoudMs;
      if (!isBeginning || callerLoudMs === null || callerLoudMs > beganMs) return;
      sounds = sounds.filter(({ atMs }) => beganMs - atMs < forgetMs);
      turns = turns.filter(({ atMs }) => beganMs - atMs < forgetMs);
      sounds.push({ atMs: beganMs, waitedMs: beganMs - callerLoudMs });
      match();
    },
    /**
     * @param {number} index Of the answer, as `onHeard` is told it.
     * @param {number | undefined} totalMs The server's own total.
     * @param {number} atMs Now, on the clock of `performance.now()`.
     */
    turn(index, totalMs, atMs) {
      turns = [...turns.filter((turn) => turn.index !== index), { atMs, index, totalMs }];
      match();
    },
  };
}

/**
 * @param {number} waitedMs
 * @param {number | undefined} totalMs
 */
function fits(waitedMs, totalMs) {
  if (totalMs === undefined) return true;
  return waitedMs >= totalMs - plausible.beforeMs && waitedMs <= totalMs + plausible.afterMs;
}
