import type { Language } from '../languages/language.ts';
import { cardinal, digits, spokenDigits } from '../numerals.ts';
import { at, ends, type Rule, startingWith } from '../rule.ts';

const iban = String.raw`([A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){1,7}(?: ?[A-Z\d]{1,3})?)(?![\p{L}\d])`;
const groups = String.raw`\d{1,19}(?:[ -]\d{1,19}){0,9}${ends}`;
const mixed = String.raw`(?:[A-Za-z]{1,20}|\d{1,20})(?:-?(?:[A-Za-z]{1,20}|\d{1,20})){1,30}(?![\p{L}\d])`;

/** Numbers that are names: codes, accounts, cards, orders. They are told by their digits and letters. */
export function codeRules(language: Language): Rule[] {
  const { afterStrong, afterWeak } = named(language);
  return [
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
        const isNamed =
          (count >= 3 && afterStrong.test(before)) || ((count >= 4 || written.includes('-')) && afterWeak.test(before));
        return (isNamed && count > 1) || looksLikeName(written, parts, count)
          ? spokenDigits(written, language)
          : undefined;
      },
    },
  ];
}

/** Letters and digits in one word, and numbers between words. */
export function mixedRules(language: Language): Rule[] {
  const { afterStrong, afterWeak } = named(language);
  return [
    ...startingWith(['letter', 'digit'], {
      pattern: at(mixed),
      read: ([written], { before }) => {
        if (!/\d/.test(written) || !/[A-Za-z]/.test(written)) return undefined;
        const isNamed = afterStrong.test(before) || afterWeak.test(before);
        return readMixed(written, isNamed, language);
      },
    }),
  ];
}

/** What tells, before a number, that it is a name. */
function named({ codes: { strong, weak, links } }: Language): { afterStrong: RegExp; afterWeak: RegExp } {
  const after = (words: string) =>
    new RegExp(`(?:^|[^\\p{L}])(?:${words})[.:#"]?(?:\\s{1,3}(?:${links})(?!\\p{L})){0,4}[\\s:#."“]{0,4}$`, 'iu');
  return { afterStrong: after(strong), afterWeak: after(weak) };
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
  if (isThousands) return /^0/.test(first) && count >= 3;
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
  const word = (run: string) => (run.length <= 3 || /^[A-Z]+$/.test(run) ? [...run].join(' ') : run);
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
    .map((part) => [...part].map((sign) => (/\d/.test(sign) ? cardinal(sign, language) : sign.toUpperCase())).join(' '))
    .join(', ');
}
