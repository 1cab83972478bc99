import { flush } from '../../wire/transcriber.ts';
import type { TextItem } from '../../wire/voice.ts';
import { readEnglish } from './read-english.ts';

/** How a text is to be spoken: language of the call (BCP 47), and the words of the agent's file with their spoken forms. */
export type Reading = { language: string; pronunciation: Readonly<Record<string, string>> };

/** A text that finds no end is read in pieces of this length, characters. */
const longestPiece = 240;
const abbreviation = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|no|nr|vs|prof|approx|ext|tel|(?:[a-z]\.)*[a-z])\.\s$/i;
const months = /\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[.,]?\s$/i;

/**
 * A text as a voice is to read it, while it is being written. Pieces end where a speaker would pause, so that no number
 * is torn; what sentence-first synthesis cuts there comes no later than without.
 */
export async function* speakable(text: AsyncIterable<TextItem>, reading: Reading): AsyncGenerator<TextItem> {
  const read = reader(reading);
  let pending = '';
  for await (const item of text) {
    if (item === flush) {
      if (pending) yield read(pending);
      pending = '';
      yield item;
      continue;
    }
    pending += item;
    const length = readableLength(pending);
    if (length === 0) continue;
    yield read(pending.slice(0, length));
    pending = pending.slice(length);
  }
  if (pending) yield read(pending);
}

/** How much of the text is sure not to change its reading with what follows. */
function readableLength(pending: string): number {
  let length = 0;
  for (const { index, 0: end } of pending.matchAll(
    /(?<!\d[,–—-])(?<!\d)[.!?…,;:–—]["')\]]*\s|\d[.!?]\s|[。！？]|\n/g,
  )) {
    const piece = pending.slice(0, index + end.length);
    if (!abbreviation.test(piece) && !months.test(piece)) length = piece.length;
  }
  if (length > 0 || pending.length < longestPiece) return length;
  return pending.lastIndexOf(' ') + 1;
}

function reader({ language, pronunciation }: Reading): (text: string) => string {
  const [tongue, region] = language.toLowerCase().split('-');
  const words = Object.entries(pronunciation).sort(([one], [other]) => other.length - one.length);
  const spokenForms = words.map(([word, spoken]) => {
    // A word with a capital in it is meant as it is written: "US" is not "us".
    const flags = word === word.toLowerCase() ? 'giu' : 'gu';
    return [new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, flags), spoken] as const;
  });
  return (text) => {
    const pronounced = spokenForms.reduce((said, [word, spoken]) => said.replace(word, () => spoken), text);
    return tongue === 'en'
      ? readEnglish(pronounced, { dayFirst: region !== undefined && region !== 'us' })
      : pronounced;
  };
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
