/**
 * Repeats a task while the page is looked at: soon after it is looked at again, never twice at once.
 *
 * @param {(signal: AbortSignal) => Promise<number>} task Resolves to the milliseconds until the next time. Must not reject.
 * @returns {{ start: () => void, stop: () => void }}
 */
export function createRefresh(task) {
  /** @type {AbortController | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function stop() {
    running?.abort();
    running = null;
    clearTimeout(timer);
  }

  async function start() {
    stop();
    const mine = new AbortController();
    running = mine;
    const waitMs = await task(mine.signal);
    if (running !== mine || document.hidden) return;
    timer = setTimeout(() => void start(), waitMs);
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && running) void start();
  });
  return { start: () => void start(), stop };
}
