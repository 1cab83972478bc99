import type { Form, Language } from './languages/language.ts';

/** A number as it was written, in digits. */
export type Numeral = { whole: string; part?: string };

/** Digits with the marks of thousands and decimals between them. Linear: every mark is followed by a digit, and no digit is a mark. */
export const numeral = String.raw`\d+(?:[.,'’]\d+)*`;
/** The same with spaces between the thousands. */
export const spacedNumeral = String.raw`\d{1,3}(?: \d{3}(?!\d)){1,6}(?:[.,]\d{1,9}(?!\d))?`;

/** Beyond this, a number is told by its digits. */
const longestCardinal = 18;

/**
 * Which marks group and which begins the decimals: the last of two kinds does, and one kind that comes twice groups. One mark
 * alone is what it is in the language, unless the digits around it say otherwise (`1,5` and `0,123` are no thousands).
 */
export function parseNumeral(written: string, decimalMark: '.' | ','): Numeral | undefined {
  const groups = written.split(/[.,'’ ]/);
  const marks = written.replace(/\d/g, '').split('');
  const [whole = '', ...rest] = groups;
  const last = marks.at(-1);
  if (last === undefined) return { whole };
  const grouped = (parts: string[], mark: string | undefined): string | undefined => {
    const [first = '', ...more] = parts;
    const inThousands = more.every((group) => group.length === 3) && first.length <= 3;
    // One crore is written 1,00,00,000.
    const inLakhs = mark === ',' && first.length <= 2 && more.slice(0, -1).every((group) => group.length === 2);
    const counts = inThousands || (inLakhs && more.at(-1)?.length === 3);
    return counts && (first === '0' ? parts.length === 1 : !first.startsWith('0')) ? parts.join('') : undefined;
  };
  const kinds = new Set(marks);
  if (kinds.size === 1 && (marks.length > 1 || last === "'" || last === '’' || last === ' ')) {
    const joined = grouped(groups, last);
    return joined === undefined ? undefined : { whole: joined };
  }
  if (kinds.size === 1) {
    const part = rest[0] ?? '';
    const isGroup = last !== decimalMark || part === '000';
    const joined = isGroup ? grouped(groups, last) : undefined;
    return joined === undefined ? { whole, part } : { whole: joined };
  }
  const isDecimal = (last === '.' || last === ',') && marks.indexOf(last) === marks.length - 1 && kinds.size === 2;
  const joined = isDecimal ? grouped(groups.slice(0, -1), marks[0]) : undefined;
  return joined === undefined ? undefined : { whole: joined, part: groups.at(-1) ?? '' };
}

/** Digit by digit. */
export function digits(run: string, language: Language): string {
  return run
    .split('')
    .map((digit) => language.cardinal(BigInt(digit)))
    .join(' ');
}

export function cardinal(whole: string, language: Language, form?: Form): string {
  const isName = /^0\d/.test(whole) || whole.length > longestCardinal;
  return isName ? digits(whole, language) : language.cardinal(BigInt(whole), form);
}

/** A number with its decimals. */
export function spokenNumeral({ whole, part }: Numeral, language: Language, form?: Form): string {
  if (part === undefined) return cardinal(whole, language, form);
  return `${cardinal(whole, language)} ${language.words.point} ${language.decimals(part)}`;
}

/** As people group digits that were written in one piece: by three, with fours where it does not come out even. */
export function groupsOf(run: string): string[] {
  if (run.length <= 5) return [run];
  if (run.length === 10) return [run.slice(0, 3), run.slice(3, 6), run.slice(6)];
  if (run.length === 7) return [run.slice(0, 3), run.slice(3)];
  if (run.length > 15 || run.length % 4 === 0) return run.match(/\d{1,4}/g) ?? [];
  const first = run.length % 3 === 0 ? 3 : 4;
  return [run.slice(0, first), ...groupsOf(run.slice(first))];
}

/** A number that is a name, with a pause where the writer put one. */
export function spokenDigits(written: string, language: Language): string {
  const groups = written.match(/\d+/g) ?? [];
  const isSpelled = groups.every((group) => group.length === 1);
  const pieces = groups.length === 1 ? groupsOf(groups[0]!) : groups;
  return pieces.map((group) => language.digitGroup(group)).join(isSpelled ? ' ' : ', ');
}
