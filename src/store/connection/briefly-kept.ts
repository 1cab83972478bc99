/** Values that were read a moment ago, by key. */
export type BrieflyKept<T> = {
  /** What was read at most `milliseconds` ago, else what is there now. Whoever asks while it is being read shares the reading. */
  get(key: string): Promise<T>;
  /** The next `get` of every key reads again. */
  forget(): void;
};

/**
 * `keeps`: which values may be given again; nothing that was not found should be, or anybody could fill the memory. `mostKept`: with more
 * keys all are forgotten.
 */
export function brieflyKept<T>(
  read: (key: string) => Promise<T>,
  {
    milliseconds,
    keeps = () => true,
    mostKept = Infinity,
  }: { milliseconds: number; keeps?: (value: T) => boolean; mostKept?: number },
): BrieflyKept<T> {
  const kept = new Map<string, { value: Promise<T>; untilMs: number }>();
  return {
    get(key) {
      const known = kept.get(key);
      // Counted from before the reading, so that no value is older than it may be.
      if (known && performance.now() < known.untilMs) return known.value;
      const entry = { value: read(key), untilMs: performance.now() + milliseconds };
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, entry);
      const drop = () => kept.get(key) === entry && kept.delete(key);
      entry.value.then((value) => keeps(value) || drop(), drop);
      return entry.value;
    },
    forget: () => kept.clear(),
  };
}
