const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Words wrong, left out or added, as a part of the words expected. Case, punctuation and spelt digits do not count. */
export function wordErrorRate(expected: string, heard: string): number {
  const a = words(expected);
  const b = words(heard);
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, word] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries())
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return (row[b.length] ?? 0) / a.length;
}

function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("'", '')
      .replaceAll(/\d/g, (digit) => ` ${digits[Number(digit)]} `)
      .match(/[a-z0-9]+/g) ?? []
  );
}

export function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
