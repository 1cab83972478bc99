const everyMs = 60_000;

/** Counts once a minute, and in each round while there is more. `count` answers whether there is. */
export function createCounting(count: () => Promise<boolean>): (now?: number) => Promise<void> {
  let dueMs = Number.NEGATIVE_INFINITY;
  return async function keepCounts(now = performance.now()) {
    if (now < dueMs) return;
    if (!(await count())) dueMs = now + everyMs;
  };
}
