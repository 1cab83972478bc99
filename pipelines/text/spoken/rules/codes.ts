import type { Language } from '../languages/language.ts';
import { cardinal, digits, spokenDigits } from '../numerals.ts';
import { at, ends, type Rule, startingWith } from '../rule.ts';

const iban = String.raw`([A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){1,7}(?: ?[A-Z\d]{1,3})?)(?![\p{L}\d])`;
const groups = String.raw`\d{1,19}(?:[ -]\d{1,19}){0,9}${ends}`;
const mixed = String.raw`[A-Za-z\d]{1,40}(?:-[A-Za-z\d]{1,40}){0,9}(?![\p{L}\d])`;

/** Numbers that are names: codes, accounts, cards, orders. They are told by their digits and letters. */
export function codeRules(language: Language): Rule[] {
  const naming = namingOf(language);
  const { postcode } = language;
  const post: Rule[] = postcode
    ? [
        {
          starts: 'letter',
          pattern: at(`${postcode}${ends}`),
          read: ([written, code = '']) => `${written.slice(0, -code.length)}${spokenDigits(code, language)}`,
        },
      ]
    : [];
  return [
    ...post,
    {
      starts: 'letter',
      pattern: at(iban),
      read: ([written]) => spelled(written.replace(/ /g, '-'), language),
    },
    {
      starts: 'digit',
      pattern: at(groups),
      read([written], { before }) {
        const parts = written.split(/[ -]/);
        const count = parts.join('').length;
        if (count < 2) return undefined;
        const name = count < 3 ? undefined : naming(before);
        const isNamed = name === 'strong' || (name === 'weak' && (count >= 4 || written.includes('-')));
        return isNamed || looksLikeName(written, parts, count) ? spokenDigits(written, language) : undefined;
      },
    },
  ];
}

/** Letters and digits in one word, and numbers between words. */
export function mixedRules(language: Language): Rule[] {
  const naming = namingOf(language);
  return [
    ...startingWith(['letter', 'digit'], {
      pattern: at(mixed),
      read: ([written], { before }) => {
        if (!/\d/.test(written) || !/[A-Za-z]/.test(written)) return undefined;
        return readMixed(written, naming(before) !== undefined, language);
      },
    }),
  ];
}

type Naming = 'strong' | 'weak' | undefined;

/** What the words before a number say of it: whether it is a name. Linear: each word is looked at once, from the last on. */
function namingOf({ codes }: Language): (before: string) => Naming {
  const [strong, weak, links] = [codes.strong, codes.weak, codes.links].map((words) => new Set(words.split(' ')));
  return (before) => {
    if (/\d\s?$/.test(before.slice(-2))) return undefined;
    const words = before.toLowerCase().split(/[\s:#."“]+/);
    if (words.at(-1) === '') words.pop();
    for (let seen = 0; seen < 5; seen += 1) {
      const word = words.pop() ?? '';
      if (strong!.has(word)) return 'strong';
      if (weak!.has(word)) return 'weak';
      if (!links!.has(word)) return undefined;
    }
    return undefined;
  };
}

/** Whether digits in groups are a name by their look: a card, a bank's sort code, an emergency number. */
function looksLikeName(written: string, parts: readonly string[], count: number): boolean {
  const [first = '', second = ''] = parts;
  const lengths = parts.map(({ length }) => length);
  if (parts.length === 1) return false;
  if (written.includes('-') && !written.includes(' ')) {
    if (parts.length > 2) return true;
    const isYears = parts.every((part) => /^(?:1[5-9]|20|21)\d\d$/.test(part));
    if (isYears) return false;
    return (first.length > 2 && Number(first) > Number(second)) || /^0\d/.test(second) || count >= 8;
  }
  if (written.includes('-')) return count >= 7 && lengths.every((length) => length >= 2);
  const isThousands = first.length <= 3 && lengths.slice(1).every((length) => length === 3);
  if (isThousands && first.length === 3 && parts.length > 2) return !written.endsWith(' 000');
  if (isThousands) return first.startsWith('0') && count >= 3;
  return count >= 7 && lengths.every((length) => length >= 3);
}

function readMixed(written: string, isNamed: boolean, language: Language): string | undefined {
  const parts = written.split('-');
  const runs = written.match(/[A-Za-z]+|\d+/g) ?? [];
  const isWords = parts.every((part) => /^\d+$/.test(part) || /^[A-Za-z]+$/.test(part));
  const longestDigits = Math.max(...runs.map((run) => (/\d/.test(run) ? run.length : 0)));
  if (isWords && parts.length > 1) {
    const letters = runs.filter((run) => !/\d/.test(run));
    // "24-hour", "COVID-19", "mid-2026": words with a number between them.
    if (letters.some((run) => /[a-z]/.test(run) || run.length > 3) || (longestDigits <= 2 && !isNamed))
      return parts.map((part) => (/^\d/.test(part) ? numberWord(part, language) : part)).join(' ');
    return spelled(written, language);
  }
  if (isNamed || runs.length > 2) return spelled(written, language);
  if (longestDigits <= 2) return undefined;
  const [first = '', second = ''] = runs;
  const word = (run: string) => (run.length <= 3 || /^[A-Z]+$/.test(run) ? run.split('').join(' ') : run);
  return [first, second].map((run) => (/\d/.test(run) ? digits(run, language) : word(run))).join(' ');
}

function numberWord(part: string, language: Language): string {
  if (/^(?:19|20)\d\d$/.test(part)) return language.year(Number(part));
  return part.length > 3 && !part.endsWith('00') ? digits(part, language) : cardinal(part, language);
}

/** Letters and digits one by one, with a pause at every hyphen. */
function spelled(written: string, language: Language): string {
  return written
    .split('-')
    .map((part) =>
      part
        .split('')
        .map((sign) => (/\d/.test(sign) ? cardinal(sign, language) : sign.toUpperCase()))
        .join(' '),
    )
    .join(', ');
}
