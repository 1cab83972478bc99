import type { Language } from '../languages/language.ts';
import { spokenNumeral } from '../numerals.ts';
import { at, oneOf, type Place, type Rule } from '../rule.ts';

const dayOfMonth = String.raw`(3[01]|[12]\d|0?[1-9])`;
const fourDigitYear = String.raw`((?:1[5-9]|20|21)\d\d)(?![\p{L}\d])`;
const isoDate = String.raw`((?:1[5-9]|20|21)\d\d)([-/])(1[0-2]|0[1-9])\2(3[01]|[12]\d|0[1-9])`;
const isoTime = String.raw`[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?))?`;
const isoEnd = String.raw`(?![\p{L}\d]|[-.,:/]\d)`;
const numeric = String.raw`(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\p{L}\d]|[-.,:/]\d)`;

/** Calendar dates, in digits and with the names of months. */
export function dateRules(language: Language): Rule[] {
  const { months, dayMark, dateLink, monthFirst, words } = language;
  const byName = new Map(
    months.flatMap((names, index) => names.map((name) => [name.toLowerCase(), index + 1] as const)),
  );
  const month = `(${oneOf(byName.keys())})(?![\\p{L}\\d])\\.?`;
  const spoken = (day: number, inMonth: number, year: number | undefined, { before }: Place, dayFirst?: true) =>
    language.date({ day, month: inMonth, ...(year !== undefined && { year }), ...(dayFirst && { dayFirst }) }, before);
  const monthOf = (name: string) => byName.get(name.toLowerCase().replace(/\.$/, ''))!;
  const isWhole = (name: string) => months.some(([full]) => full!.toLowerCase() === name.toLowerCase());
  const yearOf = (written: string | undefined) => (written === undefined ? undefined : Number(written));

  const isoDateTime: Rule = {
    starts: 'digit',
    pattern: at(`${isoDate}${isoTime}${isoEnd}`),
    read([, year, , inMonth, day, hours, minutes, seconds, part, zone], place) {
      const date = spoken(Number(day), Number(inMonth), Number(year), place);
      const hour = Number(hours);
      const half = hour < 12 ? 'am' : 'pm';
      const time = language.time({ hours: hour, minutes: Number(minutes), ...(language.half && { half }) });
      const isWhole = !Number(seconds ?? 0) && !Number(part ?? 0);
      const second = { whole: String(Number(seconds)), ...(part && { part }) };
      const past = isWhole ? '' : ` ${words.and} ${spokenNumeral(second, language)} ${words.seconds.many}`;
      return `${date} ${words.at} ${time}${past}${spokenZone(zone, language)}`;
    },
  };
  const isoDay: Rule = {
    starts: 'digit',
    pattern: at(`${isoDate}${isoEnd}`),
    read: ([, year, , inMonth, day], place) => spoken(Number(day), Number(inMonth), Number(year), place),
    isQuantity: true,
  };
  const numericDay: Rule = {
    starts: 'digit',
    pattern: at(numeric),
    read([, one, mark, other, written = ''], place) {
      if (written.length === 2 && (mark === '-' || (mark === '.' && language.decimalMark === '.'))) return undefined;
      const isDayFirst = !monthFirst || Number(one) > 12;
      const [day, inMonth] = (isDayFirst ? [one, other] : [other, one]).map(Number) as [number, number];
      if (inMonth < 1 || inMonth > 12 || day < 1 || day > 31) return undefined;
      const short = Number(written);
      return spoken(day, inMonth, written.length === 4 ? short : short + (short < 70 ? 2000 : 1900), place);
    },
    isQuantity: true,
  };
  const dayAndMonth: Rule = {
    starts: 'digit',
    pattern: at(
      `${dayOfMonth}(?:${dayMark})?(?: ?[–-] ?${dayOfMonth}(?:${dayMark})?)? ?(?:${dateLink})?\\s{0,2}${month}(?:,?\\s{1,2}(?:${dateLink}\\s)?${fourDigitYear})?`,
      'i',
    ),
    read(match, place) {
      const [, day, last, name = '', year] = match;
      const isEnd = match[0].endsWith('.') && (isWhole(name) || endsSentence(place.after));
      const full = `${spoken(Number(last ?? day), monthOf(name), yearOf(year), place, true)}${isEnd ? '.' : ''}`;
      return last === undefined ? full : `${firstOfRange(Number(day), language, place)} ${words.to} ${full}`;
    },
  };
  const monthAndDay: Rule = {
    starts: 'letter',
    pattern: at(
      `${month}\\s{1,2}${dayOfMonth}(?:${dayMark})?(?![\\p{L}\\d]|[:.,]\\d|\\s?[ap]\\.?m(?![\\p{L}]))(?:\\s?[–-]\\s?${dayOfMonth}(?:${dayMark})?(?![\\p{L}\\d:/]))?(?:,?\\s{1,2}${fourDigitYear})?(\\s?[–-]\\s?(?=${month}\\s\\d))?`,
      'i',
    ),
    read(match, place) {
      const [, name = '', day, last, year, dash] = match;
      if (!/^\p{Lu}/u.test(name)) return undefined;
      const until = last === undefined ? '' : ` ${words.to} ${language.ordinal?.spoken(Number(last), '') ?? last}`;
      const date = spoken(Number(day), monthOf(name), until ? undefined : yearOf(year), place);
      const inYear = until && year ? `, ${language.year(Number(year))}` : '';
      return `${date}${until}${inYear}${dash ? ` ${words.to} ` : ''}`;
    },
  };
  const dayAndMonthInDigits: Rule = {
    starts: 'digit',
    pattern: at(String.raw`(\d{1,2})([/.])(\d{1,2})(?!\d|[/.,:]\d|\p{L})(\.?)(?= ?[^\s%]|\s|$)`),
    read([, one, mark, other, dot = ''], place) {
      if (mark === '.' && (!dot || language.decimalMark === '.')) return undefined;
      if (!language.datePrepositions?.test(place.before)) return undefined;
      const [day, inMonth] = (monthFirst ? [other, one] : [one, other]).map(Number) as [number, number];
      if (inMonth < 1 || inMonth > 12 || day < 1 || day > 31) return undefined;
      const end = mark === '.' && !endsSentence(place.after) ? '' : dot;
      return `${spoken(day, inMonth, undefined, place)}${end}`;
    },
  };
  return [
    isoDateTime,
    isoDay,
    numericDay,
    dayAndMonth,
    ...(dateLink === 'of' ? [monthAndDay] : []),
    dayAndMonthInDigits,
  ];
}

/** The first day of "5–7 March", before the month is named. */
function firstOfRange(day: number, language: Language, { before }: Place): string {
  const whole = language.date({ day, month: 1 }, before).split(' ');
  const [january = ''] = language.months[0] ?? [];
  return whole.filter((word) => word !== january && word !== language.dateLink).join(' ');
}

/** Whether a full stop that may belong to an abbreviation also ends its sentence. */
export function endsSentence(after: string): boolean {
  return /^["')\]]*(?:$|\s*$|\s+["'(]?\p{Lu}|\n)/u.test(after);
}

function spokenZone(zone: string | undefined, language: Language): string {
  const { words } = language;
  if (zone === undefined) return '';
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return `, ${words.utc}`;
  const count = (written: string) => language.cardinal(BigInt(written));
  const parts = [count(hours!), ...(Number(minutes ?? 0) ? [count(minutes!)] : [])];
  return `, ${words.utc} ${sign === '+' ? words.plus : words.minus} ${parts.join(' ')}`;
}
