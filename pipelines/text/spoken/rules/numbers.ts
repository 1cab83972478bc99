import type { Language } from '../languages/language.ts';
import { cardinal, digits, numeral, parseNumeral, spacedNumeral, spokenDigits, spokenNumeral } from '../numerals.ts';
import { at, oneOf, type Rule } from '../rule.ts';
import { spokenFraction } from './measures.ts';

const over = String.raw`(?![\p{L}\d]|[.,:/'’]\d)`;

/** What is left of numbers when no other rule knows them. The last of these rules reads every digit there is. */
export function numberRules(language: Language): Rule[] {
  const { words, decimalMark, abbreviations } = language;
  const spoken = (written: string): string | undefined => {
    const value = parseNumeral(written, decimalMark);
    return value && spokenNumeral(value, language);
  };
  const years = language.yearWords ? new RegExp(`(?:^|[^\\p{L}])(?:${language.yearWords})\\s$`, 'iu') : undefined;
  const rules: Rule[] = [
    {
      starts: 'digit',
      pattern: at(String.raw`(?:\d{1,4} )?\d{1,3}\/\d{1,3}${over}`),
      read: ([written]) => spokenFraction(written, language),
      isQuantity: true,
    },
    {
      starts: 'digit',
      pattern: at(`${spacedNumeral}${over}`),
      read([written]) {
        // Where thousands have a mark, a space between them is rare, and numbers side by side are not.
        const isSure =
          decimalMark === ',' || written.endsWith(' 000') || /[.,]/.test(written) || written.split(' ').length > 2;
        return isSure ? spoken(written) : undefined;
      },
      isQuantity: true,
    },
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{4})${over}`),
      read: ([, year = ''], { before }) =>
        /^(?:19|20)/.test(year) || (/^1[1-8]/.test(year) && years?.test(before))
          ? language.year(Number(year))
          : undefined,
      isQuantity: true,
    },
    {
      starts: 'digit',
      pattern: at(String.raw`(\d+)${over}`),
      read: ([run]) => readRun(run, language),
      isQuantity: true,
    },
    { starts: 'digit', pattern: at(`${numeral}${over}`), read: ([written]) => spoken(written), isQuantity: true },
    {
      starts: 'digit',
      pattern: at(String.raw`\d{1,3}(?:\.\d{1,3}){3}${over}`),
      read: ([written]) =>
        written
          .split('.')
          .map((part) => digits(part, language))
          .join(` ${words.dot} `),
    },
    {
      starts: 'digit',
      pattern: at(String.raw`\d{1,4}(?:\.\d{1,4}){2,5}${over}`),
      read: ([written]) =>
        written
          .split('.')
          .map((part) => cardinal(part, language))
          .join(` ${words.point} `),
    },
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{1,4}):(\d{1,4})${over}`),
      read: ([, one = '', other = '']) =>
        /^0\d/.test(other) ? undefined : `${cardinal(one, language)} ${words.to} ${cardinal(other, language)}`,
    },
    {
      starts: 'digit',
      pattern: at(String.raw`\d+(?:[.,:/'’]\d+)*(?![\p{L}\d])`),
      read: ([written]) =>
        (written.match(/\d+/g) ?? []).map((run) => readRun(run, language)).join(written.includes(',') ? ', ' : ' '),
    },
  ];
  if (Object.keys(abbreviations).length > 0)
    rules.push({
      starts: 'letter',
      pattern: at(`(${oneOf(Object.keys(abbreviations))})(?:\\.|(?<=[º°]))\\s?(?=\\d)`, 'i'),
      read: ([, short = '']) => `${abbreviations[short.toLowerCase()] ?? short} `,
    });
  rules.push({
    starts: 'letter',
    pattern: at(String.raw`([vV])(\d{1,4}(?:\.\d{1,4}){0,5})${over}`),
    read: ([, letter, version = '']) =>
      version.includes('.')
        ? `${letter} ${version
            .split('.')
            .map((part) => cardinal(part, language))
            .join(` ${words.point} `)}`
        : undefined,
  });
  return rules;
}

/** A long run without marks is a name, unless it is round; so is one that begins with a zero. */
function readRun(run: string, language: Language): string {
  const isRound = run.endsWith(run.length > 6 ? '000' : '00');
  const isName = /^0\d/.test(run) || (run.length > 4 && !isRound);
  return isName ? spokenDigits(run, language) : cardinal(run, language);
}
