const longEnough = 56;
const shortest = 14;
const longest = 44;
/** A speaker may breathe after a comma, or before one of these words. */
const breath = /[,;:–—](?=\s)|\s(?=(?:and|but|or|because|so|if|when|which|that|with|for|until|before|after)\s)/gi;

/**
 * Splits off the start of a long sentence where a speaker could breathe, since nothing is heard until the first piece is
 * synthesised whole. A sentence that is short, or has no such place, stays in one piece.
 */
export function shortStart(text: string): [start: string, rest: string] {
  if (text.trim().length < longEnough) return [text, ''];
  for (const match of text.matchAll(breath)) {
    const end = match.index + match[0].length;
    if (end > longest) break;
    if (end >= shortest) return [text.slice(0, end), text.slice(end)];
  }
  return [text, ''];
}
