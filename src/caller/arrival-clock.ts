const windowFrames = 25;
const driftMs = 20;
const maxCorrectionMs = 100;

/**
 * Places frames that arrive in order on the wall clock. The native player delivers one frame per frame time; what this
 * process adds by being busy is taken out: a frame that was fetched late is placed where its neighbours say it belongs.
 * A real pause of the stream moves the clock.
 */
export function createArrivalClock(frameMs: number): { place: (arrivalMs: number) => number } {
  let index = 0;
  let baseMs = Infinity;
  const offsets: number[] = [];

  function place(arrivalMs: number): number {
    const offset = arrivalMs - index * frameMs;
    offsets.push(offset);
    if (offsets.length > windowFrames) offsets.shift();
    const lowest = Math.min(...offsets);
    if (offset < baseMs || (offsets.length === windowFrames && lowest > baseMs + driftMs)) baseMs = lowest;
    const placedMs = Math.max(baseMs + index * frameMs, arrivalMs - maxCorrectionMs);
    index++;
    return placedMs;
  }

  return { place };
}
