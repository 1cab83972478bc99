import { numberWords } from '../../../../pipelines/index.ts';
import type { Tongue } from './tongues.ts';

/** How the words of one language are read. */
export type Reading = { tongue: Tongue; language: string };

/** Of what was said, characters. */
const longestText = 200;

/** In lower case and without accents, hyphens and full stops; `a.m.` is `am`. */
export function plain(text: string): string {
  return text
    .slice(0, longestText)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/[’‘]/g, "'")
    .replace(/\b([ap])\.\s?m\b/g, '$1m')
    .replace(/[^\p{L}\p{N}':.]+|[.:](?!\d)/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The same words with every number of a clock and a calendar in digits. */
export function withDigits(words: string, { tongue, language }: Reading): string {
  const { minutes, halfAnHour, units } = tongue;
  const named = [[halfAnHour, `30 ${units.minute}`] as const, ...minutes].reduce(
    (text, [said, digits]) => text.replace(new RegExp(String.raw`\b${said}\b`, 'g'), digits),
    words,
  );
  const { pattern, values } = numbersOf(language);
  return named.replace(pattern, (word) => String(values.get(word)));
}

type Numbers = { pattern: RegExp; values: ReadonlyMap<string, number> };
const known = new Map<string, Numbers>();

function numbersOf(language: string): Numbers {
  const made = known.get(language) ?? plainNumbers(language);
  known.set(language, made);
  return made;
}

function plainNumbers(language: string): Numbers {
  const values = new Map([...(numberWords(language) ?? [])].map(([word, value]) => [plain(word), value]));
  const longestFirst = [...values.keys()].sort((one, other) => other.length - one.length);
  return { values, pattern: new RegExp(String.raw`\b(?:${longestFirst.join('|')})\b`, 'g') };
}
