/** The known name that a mistyped one was probably meant to be. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const near = known
    .map((name) => ({ name, distance: distance(plain(typed), plain(name)) }))
    .filter(({ name, distance: far }) => far <= Math.floor(Math.max(name.length, typed.length) / 3))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of a.split('').entries()) {
    const next = [index + 1];
    for (const [column, other] of b.split('').entries()) {
      const same = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(same, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
