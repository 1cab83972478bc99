/** Milliseconds: always the same, or spread as those of real services are, told by their quantiles. */
export type Delay = number | { p50: number; p95: number; p99?: number };

/** Of the standard normal distribution. */
const z95 = 1.645;
const z99 = 2.326;

/**
 * Draws delays in milliseconds, the same ones in every run: log-normal through the median and the 95th percentile, and with a
 * heavier tail from there on where the 99th is given.
 */
export function drawDelays(seed = 1): (delay: Delay) => number {
  let state = seed >>> 0;
  /** Numbers between 0 and 1 (mulberry32). */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return (delay) => {
    if (typeof delay === 'number') return delay;
    const { p50, p95, p99 } = delay;
    // Box–Muller.
    const z = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    if (z <= z95 || p99 === undefined) return p50 * (p95 / p50) ** (z / z95);
    return p95 * (p99 / p95) ** ((z - z95) / (z99 - z95));
  };
}
