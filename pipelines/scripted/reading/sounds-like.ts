/** A word with its consonants by sound: letters that are confused on a telephone are one. */
export type Sound = { word: string; consonants: string };

export function soundOf(word: string): Sound {
  const consonants = word
    .replace(/ph/g, 'f')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/tion|cian|sh/g, 's')
    .replace(/x/g, 'ks')
    .replace(/[ckq]/g, 'k')
    .replace(/[szj]/g, 's')
    .replace(/[dt]/g, 't')
    .replace(/[bp]/g, 'p')
    .replace(/[fv]/g, 'f')
    .replace(/[aeiouyhw]/g, '')
    .replace(/(.)\1+/g, '$1');
  return { word, consonants };
}

/** How alike two words are as speech recognition confuses them: 1 the same, 0 different. */
export function soundsLike({ word: heard, consonants: a }: Sound, { word: known, consonants: b }: Sound): number {
  if (heard === known) return 1;
  const longest = Math.max(heard.length, known.length);
  if (Math.min(heard.length, known.length) < 3 || /\d/.test(heard + known)) return 0;
  const allowed = longest >= 8 ? 2 : longest >= 5 ? 1 : 0;
  if (allowed > 0 && editDistance(heard, known, allowed) <= allowed) return 0.85;
  if (a === b && (a.length >= 4 || (a.length === 3 && editDistance(heard, known, 2) <= 2))) return 0.8;
  if (a === b && a.length === 2 && longest >= 5 && editDistance(heard, known, 2) <= 2) return 0.7;
  return a.length >= 5 && a[0] === b[0] && editDistance(a, b, 1) <= 1 ? 0.7 : 0;
}

/** Damerau-Levenshtein distance, given up beyond `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, changed);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    [before, above] = [above, current];
  }
  return above[b.length] ?? limit + 1;
}
