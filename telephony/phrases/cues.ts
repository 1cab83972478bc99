import { dutch } from './dutch.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { italian } from './italian.ts';
import { portuguese } from './portuguese.ts';
import { type Cue, cueNames, type Phrases } from './phrases.ts';
import { spanish } from './spanish.ts';

/** English is looked for in every call: carriers say it everywhere. */
const phrases: Readonly<Record<string, Phrases>> = {
  en: english,
  es: spanish,
  fr: french,
  de: german,
  it: italian,
  pt: portuguese,
  nl: dutch,
};

/** Of what was said last, characters: two minutes of fast speech. */
const longestText = 2_000;

/** How many different phrases of each kind are in these words, in the language of the call and in English. */
export function cuesIn(text: string, language: string): Record<Cue, number> {
  const said = text.slice(-longestText);
  const words = plain(said);
  const spoken = language.slice(0, 2).toLowerCase();
  const lists = spoken === 'en' ? [phrases['en']] : [phrases['en'], phrases[spoken]];
  // The greater of the two, not their sum: some words are in both.
  const count = (cue: Cue) =>
    Math.max(...lists.map((list) => (list?.[cue] ?? []).filter((phrase) => phrase.test(words)).length));
  const counts = Object.fromEntries(cueNames.map((cue) => [cue, count(cue)])) as Record<Cue, number>;
  return { ...counts, person: counts.person + (asks(said) ? 1 : 0) };
}

/** Three words or more: recordings begin with "Hello?" to be funny. */
const fewestAsked = 3;

/** Whether a sentence is a question, as far as the recogniser writes marks: machines that take messages ask nothing. */
function asks(text: string): boolean {
  return text
    .split(/(?<=[.!?¿])/)
    .some((sentence) => sentence.endsWith('?') && plain(sentence).split(' ').length >= fewestAsked);
}

function plain(text: string): string {
  const letters = text.normalize('NFD').replace(/\p{M}/gu, '');
  return letters
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
