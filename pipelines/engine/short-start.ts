import { isSpeakable } from '../text/sentence-ends.ts';

/** Where a speaker pauses anyway, and where one may breathe, with how long the text and the part before it must be. */
const breaks = [
  { at: /[,;:–—](?=\s)/g, textFrom: 24, startFrom: 5 },
  {
    at: /\s(?=(?:and|but|or|because|so|if|when|which|that|with|for|until|before|after)\s)/gi,
    textFrom: 56,
    startFrom: 14,
  },
];
const longestStart = 44;

/**
 * Splits off the start of a sentence where a speaker could pause, since nothing is heard until the first piece is
 * synthesised whole. A sentence that is short, or has no such place, stays in one piece; no piece is without a word.
 */
export function shortStart(text: string): [start: string, rest: string] {
  const length = text.trim().length;
  const ends = breaks
    .filter(({ textFrom }) => length >= textFrom)
    .flatMap(({ at, startFrom }) =>
      [...text.matchAll(at)]
        .map((match) => match.index + match[0].length)
        .filter((end) => end >= startFrom && end <= longestStart)
        .filter((end) => isSpeakable(text.slice(0, end)) && isSpeakable(text.slice(end))),
    );
  if (ends.length === 0) return [text, ''];
  const end = Math.min(...ends);
  return [text.slice(0, end), text.slice(end)];
}
