import { readDigits } from '../../../pipelines/index.ts';
import { tongueOf } from './words/tongue.ts';

/** Zero to nine. Larger numbers are understood where the recogniser writes figures. */
const digitWords: Readonly<Record<string, string>> = {
  de: 'null eins zwei drei vier fünf sechs sieben acht neun zwo',
  fr: 'zéro un deux trois quatre cinq six sept huit neuf',
  es: 'cero uno dos tres cuatro cinco seis siete ocho nueve',
  it: 'zero uno due tre quattro cinque sei sette otto nove',
  pt: 'zero um dois três quatro cinco seis sete oito nove meia',
  nl: 'nul één twee drie vier vijf zes zeven acht negen',
};
/** Words beyond the ten: "zwo" is two, "meia" six. */
const beyond: Readonly<Record<string, string>> = { zwo: '2', meia: '6', een: '1' };

/** The digits of an utterance, as `+4930…` or `5550123`; empty where there are none. */
export function digitsSaid(words: string, language: string): string {
  const known = digitWords[tongueOf(language)]?.split(' ');
  if (!known) return readDigits(words)?.digits ?? '';
  const digit = (word: string) => beyond[word] ?? (known.includes(word) ? String(known.indexOf(word)) : word);
  const text = words.toLowerCase().replace(/\p{L}+/gu, digit);
  return /\+?\d[\d ().,\-/]*/.exec(text)?.[0].replace(/[^\d+]/g, '') ?? '';
}
