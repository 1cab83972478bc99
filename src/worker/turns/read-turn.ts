import { telephoneNumberSaid } from '../../../telephony/index.ts';
import type { Reading } from './decide-turn.ts';
import { digitsSaid } from './digits-said.ts';
import type { Expected } from './expectation.ts';
import { isWholeCard } from './payment-card.ts';
import { goesOn } from './words/goes-on.ts';
import { bare, longestRead } from './words/tongue.ts';
import { isYesOrNo } from './words/yes-or-no.ts';

/** Whose words they are. `country` is ISO 3166, whose telephone numbers are said without its code. */
export type Speaker = { language: string; country?: string | undefined };

/** What the words of a turn so far say about its end, when `expected` was asked for. */
export function readTurn(said: string, expected: Expected, { language, country }: Speaker): Reading {
  const words = said.slice(-longestRead);
  if (expected.yesOrNo && isYesOrNo(words, language)) return 'whole';
  const digits = numberIn(words, language);
  switch (expected.kind) {
    case 'telephone_number':
      return digits ? readings[telephoneNumberSaid(digits, country)] : readWords(words, language);
    case 'card':
      return digits ? (isWholeCard(digits) ? 'whole' : 'unfinished') : readWords(words, language);
    case 'digits':
      return digits ? readCounted(digits, expected.digits) : readWords(words, language);
    case 'email':
      return readEmail(words, language);
    case 'address':
      return readWords(words, language) === 'unfinished' ? 'unfinished' : 'dictated';
    case 'name':
      return isSpelled(words) ? 'dictated' : readWords(words, language);
    default:
      return isOpenNumber(words, digits, country) ? 'unfinished' : readWords(words, language);
  }
}

const readings = { whole: 'whole', extensible: 'dictated', partial: 'unfinished', overlong: 'plain' } as const;

const readWords = (words: string, language: string): Reading => (goesOn(words, language) ? 'unfinished' : 'plain');

function readCounted(digits: string, wanted: number | undefined): Reading {
  if (wanted === undefined) return 'dictated';
  return digits.length >= wanted ? 'whole' : 'unfinished';
}

/** With its top-level domain an address is whole: "jane at example dot com", or as the recogniser writes it. */
const endOfEmail =
  /[\w.-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\s*[.!]?$|\b(?:at|@|arroba|chiocciola|arobase|apenstaartje|klammeraffe)\b.*(?:\b(?:dot|punkt|point|punto|ponto|punt)\b|\.)\s*(?:com|org|net|edu|gov|io|info|biz|eu|uk|us|de|at|ch|fr|be|es|mx|it|pt|br|nl|ca|au)\s*[.!]?$/i;

function readEmail(words: string, language: string): Reading {
  if (endOfEmail.test(words.trim())) return 'whole';
  const begun = /@|\b(?:at|arroba|chiocciola|arobase|apenstaartje|klammeraffe)\b/i.test(words) || isSpelled(words);
  return begun ? 'unfinished' : readWords(words, language) === 'unfinished' ? 'unfinished' : 'dictated';
}

/** Ends in at least two single letters: "Smith, S M I". */
function isSpelled(words: string): boolean {
  return /(?:^| )\p{Letter} \p{Letter}$/u.test(bare(words).replace(/(?<=\p{Letter})-(?=\p{Letter})/gu, ' '));
}

const ofNumbers =
  /\b(?:number|phone|mobile|cell|nummer|telefon|handy|numéro|téléphone|número|teléfono|numero|telefono|telefone|telefoon|reach me|call me|erreichen)\b/i;
/** Fewer are a number of things: "for four people". */
const fewestOpenDigits = 3;

/** Words that end in a part of a telephone number though nobody asked for one. */
function isOpenNumber(words: string, digits: string, country: string | undefined): boolean {
  if (digits.length < fewestOpenDigits || !ofNumbers.test(words)) return false;
  const endsInDigits = /\d\W*$/.test(words) || digitsSaid(lastWord(words), 'en') !== '';
  return endsInDigits && telephoneNumberSaid(digits, country) === 'partial';
}

/** One digit among as many words is none: "I do not have one". */
const fewWords = 3;

function numberIn(words: string, language: string): string {
  const digits = digitsSaid(words, language);
  return digits.length === 1 && bare(words).split(' ').length > fewWords ? '' : digits;
}

const lastWord = (words: string) => bare(words).split(' ').at(-1) ?? '';
