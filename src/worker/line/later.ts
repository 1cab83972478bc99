/** Resolves after so many milliseconds; never, once the signal is aborted. */
export function later(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return;
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    const onAbort = () => clearTimeout(timer);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
