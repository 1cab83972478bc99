import { similarWords } from '../../../pipelines/index.ts';
import type { AskedWord } from './knowledge-ports.ts';

/** Text search configurations that PostgreSQL has, by language. */
const configs: Readonly<Record<string, string>> = {
  ar: 'arabic',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  id: 'indonesian',
  it: 'italian',
  nb: 'norwegian',
  ne: 'nepali',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};

/** How PostgreSQL reads the words of a language (BCP 47): with its endings and stop words, where it knows them. */
export function searchConfig(language: string): string {
  return configs[language.toLowerCase().split('-')[0] ?? ''] ?? 'simple';
}

/** What English questions ask for without naming it. */
const askedFor: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/\bwhere\b|\bhow (?:do|can) (?:i|we) (?:get|find)\b/, 'where', ['address', 'street', 'located', 'place']],
  [/\bhow (?:much|expensive)\b/, 'price', ['cost', 'dollars', 'charge', 'fee']],
  [/\bhow (?:long|many minutes)\b/, 'long', ['takes', 'minutes', 'hour']],
  [/\bhow (?:old|young)\b/, 'age', ['old', 'years']],
  [/\bwhy\b|\bwhat for\b/, 'why', ['because', 'reason', 'so that']],
  [/\bwho\b/, 'who', ['name', 'team', 'somebody']],
  [/\bwhen\b|\bwhat time\b/, 'when', ['hours', 'time', 'open']],
];

/** What is said around an English question, and PostgreSQL takes for words that tell something. */
const sayNothing = new Set(
  `much many get gets got want wants need needs like know tell say please could would may might shall must let us something
  anything ok okay hello hi hey yes yeah well also right really actually exactly maybe thanks thank sorry wondering`.split(
    /\s+/,
  ),
);

const mostWords = 24;

/** The words of a question, each once, with what may stand for them. */
export function askWords(question: string, language: string): AskedWord[] {
  const text = question.toLowerCase().slice(0, 1_000).replaceAll('’', "'");
  const own = [...new Set(text.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? [])];
  const english = searchConfig(language) === 'english';
  const meant = english ? askedFor.filter(([pattern]) => pattern.test(text)) : [];
  const telling = english ? own.filter((word) => !sayNothing.has(word)) : own;
  const words = telling.map((word): AskedWord => ({
    own: word.split("'")[0]!,
    alike: english ? similarWords(word) : [],
  }));
  return [...words, ...meant.map(([, word, alike]): AskedWord => ({ own: word, alike }))].slice(0, mostWords);
}
