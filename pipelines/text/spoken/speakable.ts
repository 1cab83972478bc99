import { flush } from '../../wire/transcriber.ts';
import type { TextItem } from '../../wire/voice.ts';
import { goesOn, isSpeakable, sentenceEnd, wholeCharacters } from '../sentence-ends.ts';
import { languageOf } from './languages/language-of.ts';
import { plainText } from './plain-text.ts';
import { type Reader, readerOf, sight } from './reader.ts';

/** How a text is to be spoken: language of the call (BCP 47), and the words of the agent's file with their spoken forms. */
export type Reading = { language: string; pronunciation: Readonly<Record<string, string>> };

/** A text that finds no end is read in pieces of this length, characters. */
const longestPiece = 240;
const clauseEnd = /(?<!\d[,–—-])(?<!\d)[,;:–—]["'”’)\]*_~`]*\s/g;
/**
 * The end of a clause behind a number, once it is clear what comes: a word, and before it perhaps the year of a date. What is
 * read up to there stays as it is, so that a first clause that ends so is not held to the end of its sentence.
 */
const afterDigit = /(?<=\d)(?:[,;:]|,\s(?:1[5-9]|20|21)\d\d,?)["'”’)\]*_~`]*\s(?=\p{L})/gu;
/** "am 5. März": in German the day of a date ends like a sentence. */
const germanDay = /(?:^|[^\p{L}\d])\d{1,2}\.\s*$/u;

/**
 * A text as a voice is to read it, while it is being written: markup, emoji and control characters are left out, numbers and
 * addresses are written out. Pieces end where a speaker would pause, so that no number is torn; what sentence-first
 * synthesis cuts there comes no later than without. Nothing is held back beyond its sentence, whatever mark is open.
 */
export async function* speakable(text: AsyncIterable<TextItem>, reading: Reading): AsyncGenerator<TextItem> {
  const read = reader(reading);
  const keepsDay = /^de\b/i.test(reading.language);
  let pending = '';
  for await (const item of text) {
    if (item === flush) {
      const spoken = read(pending);
      pending = '';
      if (spoken) yield spoken;
      yield item;
      continue;
    }
    pending += item;
    const length = readableLength(pending, keepsDay);
    if (length === 0) continue;
    const spoken = read(pending.slice(0, length));
    pending = pending.slice(length);
    if (spoken) yield spoken;
  }
  const spoken = read(pending);
  if (spoken) yield spoken;
}

/** How much of the text is sure not to change its reading with what follows. */
function readableLength(pending: string, keepsDay: boolean): number {
  let length = 0;
  for (const end of [sentenceEnd, clauseEnd, afterDigit].flatMap((pattern) => [...pending.matchAll(pattern)])) {
    const upTo = end.index + end[0].length;
    if (upTo <= length) continue;
    const tail = pending.slice(Math.max(0, upTo - 32), upTo);
    if (end[0] !== '\n' && goesOn(tail, pending.slice(upTo, upTo + 1))) continue;
    if (keepsDay && germanDay.test(tail)) continue;
    length = upTo;
  }
  if (length > 0 || pending.length < longestPiece) return length;
  const space = pending.lastIndexOf(' ') + 1;
  return space > 0 ? space : wholeCharacters(pending, pending.length);
}

const readers = new Map<string, Reader>();
/** What no rule reads, so that each of them is tried. */
const unread = 'Word 5G ! ? . + ( - # @ & = ~ < > * / _ $ €';

/** The reader of a language, made once per process: it keeps nothing of what it reads. */
function readerFor(tag: string): Reader | undefined {
  const language = tag.toLowerCase();
  const known = readers.get(language);
  if (known) return known;
  const table = languageOf(language);
  const made = table && readerOf(table);
  // The first uses compile the patterns, which takes as long as a hundred sentences: not while somebody waits for the first word.
  for (let turn = 0; made && turn < 3; turn += 1) made(unread);
  if (made) readers.set(language, made);
  return made;
}

/** Makes ready what the first sentence in a language needs; some ten milliseconds, once per process. */
export function prepareReader(language: string): void {
  readerFor(language);
}

function reader({ language, pronunciation }: Reading): (text: string) => string {
  const readNumbers = readerFor(language);
  const words = Object.entries(pronunciation)
    .filter(([word]) => word !== '')
    .sort(([one], [other]) => other.length - one.length);
  const spokenForms = words.map(([word, spoken]) => {
    // A word with a capital in it is meant as it is written: "US" is not "us".
    const flags = word === word.toLowerCase() ? 'giu' : 'gu';
    return [new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, flags), spoken] as const;
  });
  let context = '';
  return (text) => {
    if (!isSpeakable(text)) return blank(text);
    const pronounced = spokenForms.reduce((said, [word, spoken]) => said.replace(word, () => spoken), text);
    const plain = plainText(pronounced);
    if (!isSpeakable(plain)) return blank(text);
    const spoken = readNumbers ? orAsItStands(readNumbers, plain, context) : plain;
    context = plain.slice(-sight);
    return spoken;
  };
}

/** A call goes on whatever a table of a language lacks: what cannot be read is spoken as it stands. */
function orAsItStands(read: Reader, text: string, context: string): string {
  try {
    return read(text, context);
  } catch {
    return text;
  }
}

/** Of what has nothing to say its white space is left, which keeps words apart. */
function blank(text: string): string {
  return /\s/.test(text) ? ' ' : '';
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
