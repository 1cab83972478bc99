import { soundOf, soundsLike } from './sounds-like.ts';

const vowel = /[aeiou]/i;
/** Names of letters as speech recognition writes them. */
const letterNames: Record<string, string> = {
  age: 'h',
  aitch: 'h',
  be: 'b',
  bee: 'b',
  see: 'c',
  sea: 'c',
  eff: 'f',
  jay: 'j',
  kay: 'k',
  el: 'l',
  em: 'm',
  en: 'n',
  pea: 'p',
  cue: 'q',
  are: 'r',
  ess: 's',
  tea: 't',
  tee: 't',
  you: 'u',
  ex: 'x',
  why: 'y',
  zed: 'z',
  zee: 'z',
};
const letter = String.raw`([a-z]|${Object.keys(letterNames).join('|')})`;
const withoutLetter = new RegExp(String.raw`\bwithout (?:an? |the |any )?${letter}\b`, 'i');
const withLetterAdded = new RegExp(String.raw`\bwith (?:an? |the )?${letter}(?: at the end)?\b(?! ?[a-z])`, 'i');

/** Whether an utterance says which letter a name has or has not. */
export function hintsAtLetter(utterance: string): boolean {
  return withoutLetter.test(utterance) || withLetterAdded.test(utterance);
}

/** Corrects a name by the letters that were said with it: "S A R A", "n as in Nora", "without an h", "with a k". */
export function applySpelling(name: string, utterance: string): string {
  const spelled = spelledWord(utterance);
  if (spelled) return withSpelled(name, spelled);
  const words = name.split(' ');
  const first = words[0] ?? '';
  const without = letterOf(withoutLetter.exec(utterance)?.[1]);
  if (without) {
    const place = words.findLastIndex((word) => word.toLowerCase().includes(without));
    if (place < 0) return name;
    const target = words[place] ?? '';
    const at = target.toLowerCase().lastIndexOf(without);
    words[place] = target.slice(0, at) + target.slice(at + 1);
    return words.join(' ');
  }
  const added = letterOf(withLetterAdded.exec(utterance)?.[1]);
  if (added && first !== '' && !first.toLowerCase().includes(added)) {
    words[0] = withLetter(first, added);
    return words.join(' ');
  }
  return name;
}

function letterOf(said: string | undefined): string | undefined {
  const small = said?.toLowerCase();
  return small === undefined ? undefined : (letterNames[small] ?? small);
}

/** A run of at least three single letters: "S A R A", "s-a-r-a", "C for Charlie, o, double n". */
function spelledWord(utterance: string): string | undefined {
  const text = utterance
    .replace(/\bdouble ([a-z])\b/gi, '$1 $1')
    .replace(/\b([a-z]) (?:as in|for|like) \p{L}+/giu, '$1');
  const run = /(?<![\p{L}'’])\p{L}(?:[\s,.-]+\p{L}(?![\p{L}'’])){2,}/iu.exec(text)?.[0];
  const letters = run?.replace(/[^\p{L}]/gu, '').toLowerCase();
  return letters ? (letters[0] ?? '').toUpperCase() + letters.slice(1) : undefined;
}

function withSpelled(name: string, spelled: string): string {
  const words = name.split(' ').filter(Boolean);
  if (words.length === 0) return spelled;
  const likeness = words.map(
    (word) =>
      soundsLike(soundOf(word.toLowerCase()), soundOf(spelled.toLowerCase())) +
      (word[0]?.toLowerCase() === spelled[0]?.toLowerCase() ? 0.5 : 0),
  );
  const best = likeness.indexOf(Math.max(...likeness));
  if ((likeness[best] ?? 0) < 0.5) return [...words, spelled].join(' ');
  words[best] = spelled;
  return words.join(' ');
}

function withLetter(word: string, added: string): string {
  const swapped: Record<string, RegExp> = { k: /c/i, c: /k/i, y: /i/i, i: /y/i, z: /s/i, s: /z/i };
  const other = swapped[added];
  if (other?.test(word)) {
    return word.replace(other, (found) => (found === found.toUpperCase() ? added.toUpperCase() : added));
  }
  if (added !== 'h' || vowel.test(word.at(-1) ?? '')) return word + added;
  return `${word.slice(0, -1)}h${word.slice(-1)}`;
}
