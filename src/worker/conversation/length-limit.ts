/** Calls `onLimit` once, so many seconds from now. Returns what stops it. */
export function watchLength({ limitSeconds, onLimit }: { limitSeconds: number; onLimit: () => void }): () => void {
  const timer = setTimeout(onLimit, limitSeconds * 1000);
  return () => clearTimeout(timer);
}
