/**
 * Runs the work for a key unless it runs already; whoever asks meanwhile shares one run that starts when that is over, and
 * so sees everything that was there when they asked.
 */
export function oneAtATime<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();

  const start = (key: string): Promise<T> => {
    next.delete(key);
    const run = work(key).finally(() => {
      if (running.get(key) === run) running.delete(key);
    });
    running.set(key, run);
    return run;
  };

  return (key) => {
    const current = running.get(key);
    if (!current) return start(key);
    const following =
      next.get(key) ??
      current.then(
        () => start(key),
        () => start(key),
      );
    next.set(key, following);
    return following;
  };
}
