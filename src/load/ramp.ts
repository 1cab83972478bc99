/** How many calls to try next, or the most that kept every promise. */
export type Next = { calls: number } | { most: number };

/**
 * Doubles until a promise breaks or `most` is reached, then halves the distance between the last that held and the first that did not.
 */
export function nextLevel(tried: readonly { calls: number; held: boolean }[], most: number): Next {
  const held = Math.max(0, ...tried.filter((level) => level.held).map(({ calls }) => calls));
  const broke = Math.min(Infinity, ...tried.filter((level) => !level.held).map(({ calls }) => calls));
  if (held >= most || broke - held <= 1) return { most: held };
  if (broke === Infinity) return { calls: Math.min(most, Math.max(1, held * 2)) };
  return { calls: Math.floor((held + Math.min(broke, most + 1)) / 2) };
}
