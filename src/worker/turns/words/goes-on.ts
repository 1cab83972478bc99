import { bare, tongueOf } from './tongue.ts';

/** What nobody ends with: conjunctions, articles, possessives, sounds of thinking. */
const openEnds: Readonly<Record<string, string>> = {
  en: "and, or, but, because, if, than, the, a, an, my, your, his, her, our, their, i, we, they, he, she, i'm, it's, um, uh, uhm, erm, er, well um, so um, like um, let me see, let's see, it is, my name is, number is, address is",
  de: 'und, oder, aber, weil, dass, wenn, der, die, das, den, dem, ein, eine, einen, einem, einer, mein, meine, meinen, meiner, ihr, ihre, ich, wir, äh, ähm, hm äh, also äh, moment, nummer ist, name ist, adresse ist',
  fr: "et, ou, mais, parce que, que, si, le, la, les, un, une, des, du, mon, ma, mes, votre, vos, je, nous, euh, heu, alors euh, numéro est, numéro c'est, nom est, adresse est, c'est le, c'est",
  es: 'y, o, pero, porque, que, si, el, la, los, las, un, una, mi, mis, su, sus, yo, eh, em, este, pues eh, número es, nombre es, dirección es, es el',
  it: 'e, o, ma, perché, che, se, il, lo, la, i, gli, le, un, una, uno, mio, mia, miei, suo, sua, io, ehm, eh, allora ehm, numero è, nome è, indirizzo è, è il',
  pt: 'e, ou, mas, porque, que, se, o, a, os, as, um, uma, meu, minha, meus, minhas, seu, sua, eu, é, hum, hã, ahn, número é, nome é, endereço é, é o',
  nl: 'en, of, maar, omdat, dat, als, de, het, een, mijn, uw, jouw, ik, wij, we, eh, uh, ehm, nummer is, naam is, adres is, dat is',
};
/** What may end a question, "what is it for?", and nothing else. */
const openEndsUnlessAsked: Readonly<Record<string, string>> = {
  en: 'of, to, for, with, from, at, in, on, about, by, is, are, was, will, would, can, could, that, so, then, which, when, where, who',
  de: 'von, zu, für, mit, aus, bei, in, auf, über, ist, sind, war, kann, könnte, am, um, im, zum, zur',
  fr: 'de, à, pour, avec, chez, dans, sur, est, sont, peut, au, aux',
  es: 'de, a, para, con, por, en, sobre, es, son, puede, al, del',
  it: 'di, a, per, con, da, in, su, sono, può, al, del, alla, della',
  pt: 'de, para, com, por, em, sobre, são, pode, ao, do, da, no, na',
  nl: 'van, naar, voor, met, uit, bij, in, op, over, is, zijn, was, kan, om',
};

const endings = (table: Readonly<Record<string, string>>) => (tongue: string) => table[tongue]?.split(', ') ?? [];
const alwaysOpen = endings(openEnds);
const openUnlessAsked = endings(openEndsUnlessAsked);

/** Whether words break off where no sentence of the language ends. */
export function goesOn(words: string, language: string): boolean {
  const said = bare(words);
  const tongue = tongueOf(language);
  const endsIn = (ending: string) => said === ending || said.endsWith(` ${ending}`);
  if (/[-–—…]\s*$|\.\.\.\s*$/.test(words)) return true;
  if (/\?\s*$/.test(words)) return false;
  return alwaysOpen(tongue).some(endsIn) || (!asks(said, tongue) && openUnlessAsked(tongue).some(endsIn));
}

const questionWords: Readonly<Record<string, RegExp>> = {
  en: /\b(?:what|who|whom|where|when|which|how|why|whose)\b/,
  de: /\b(?:was|wer|wem|wen|wo|wann|welche[rsnm]?|wie|warum|wofür|womit|wohin|woher)\b/,
  fr: /\b(?:quoi|qui|où|quand|quel(?:le)?s?|comment|pourquoi|combien)\b/,
  es: /(?:^| )(?:qué|quién|dónde|cuándo|cuál|cómo|cuánto)(?: |$)/,
  it: /(?:^| )(?:cosa|chi|dove|quando|quale|come|perché|quanto)(?: |$)/,
  pt: /(?:^| )(?:quem|onde|quando|qual|como|quanto)(?: |$)/,
  nl: /\b(?:wat|wie|waar|wanneer|welke?|hoe|waarom)\b/,
};

const asks = (said: string, tongue: string) => questionWords[tongue]?.test(said) ?? false;
