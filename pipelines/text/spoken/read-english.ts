import { toCardinal } from 'n2words/en-US';
import { readDates } from './read-dates.ts';
import { digits, ordinal, year } from './read-digits.ts';
import { readMoney } from './read-money.ts';
import { readTimes } from './read-times.ts';

/** Country-code domains and others that callers are told; a word with a dot in it is no address otherwise. */
const domain =
  '(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+(?:com|org|net|io|ai|app|dev|info|biz|edu|gov|eu|us|uk|de|fr|es|it|nl|ca|au|nz|ie|ch|at)';
const email = new RegExp(`\\b[a-z0-9._%+-]+@${domain}\\b`, 'gi');
const url = new RegExp(`\\b(?:https?://)?(?:www\\.)?${domain}(?:/[\\w\\-./?=&%#]*[\\w/])?`, 'gi');

const signs: Readonly<Record<string, string>> = {
  '.': 'dot',
  '@': 'at',
  '/': 'slash',
  '-': 'dash',
  _: 'underscore',
  '+': 'plus',
  '?': 'question mark',
  '=': 'equals',
  '&': 'and',
  '%': 'percent',
  '#': 'hash',
};

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  km: ['kilometer', 'kilometers'],
  cm: ['centimeter', 'centimeters'],
  mm: ['millimeter', 'millimeters'],
  kg: ['kilogram', 'kilograms'],
  mg: ['milligram', 'milligrams'],
  ml: ['milliliter', 'milliliters'],
  lb: ['pound', 'pounds'],
  lbs: ['pound', 'pounds'],
  oz: ['ounce', 'ounces'],
  ft: ['foot', 'feet'],
  mi: ['mile', 'miles'],
  mph: ['mile an hour', 'miles an hour'],
  'km/h': ['kilometer an hour', 'kilometers an hour'],
  kWh: ['kilowatt hour', 'kilowatt hours'],
  GB: ['gigabyte', 'gigabytes'],
  MB: ['megabyte', 'megabytes'],
  min: ['minute', 'minutes'],
  hrs: ['hour', 'hours'],
  '°C': ['degree Celsius', 'degrees Celsius'],
  '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': ['degree', 'degrees'],
  '%': ['percent', 'percent'],
};
const unitNames = Object.keys(units)
  .sort((one, other) => other.length - one.length)
  .join('|');
const measure = new RegExp(`(\\d+(?:[.,]\\d+)*)\\s?(${unitNames})(?![\\w/])`, 'gu');

/** Seven digits and more with the marks of a telephone number between them, or in one piece. */
const phone =
  /(?<![\w.,:/])(?:\+\s?)?\(?\d{1,5}\)?(?:[ .\-/]\(?\d{2,8}\)?){1,6}(?![\w]|[.,:/-]\d)|(?<![\w.,:/])\+?\d{7,15}(?![\w]|[.,:/-]\d)/g;
const number = /(?<![\w./]|\d[,:])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w/]|[.,:]\d)/g;
/** Numbers that are names. */
const code = /\b((?:call|dial|ring|extension|ext\.|code|pin|zip)\s+)(\d{3,6})(?![\w]|[.,:]\d)/gi;
/** What a hyphen between two numbers means. */
const range = /((?:19|20)\d\d|%)\s?[–-]\s?(?=(?:19|20)\d\d(?!\d)|\d+(?:\.\d+)?%)|([$€£]\s?[\d,.]+)\s?[–-]\s?(?=[$€£])/g;

/** English text as it is to be spoken: addresses, telephone numbers, dates, times, money, measures and numbers in words. */
export function readEnglish(text: string, { dayFirst }: { dayFirst: boolean }): string {
  if (!/[\d@&#]|[a-z]\.[a-z]/i.test(text)) return text;
  let spoken = text.replace(email, spell).replace(url, (address) => spell(address.replace(/^https?:\/\//i, '')));
  spoken = spoken.replace(range, '$1$2 to ').replace(/\b(?:US|CA|AU|NZ)(?=\$)/g, '');
  spoken = readMoney(spoken).replace(/\/(hour|day|night|week|month|year|person)\b/g, ' a $1');
  spoken = readDates(spoken, { dayFirst });
  spoken = readTimes(spoken);
  return spoken
    .replace(/(^|\s)-(?=\d)/g, '$1minus ')
    .replace(phone, readPhone)
    .replace(code, (_, what: string, run: string) => `${what}${digits(run)}`)
    .replace(measure, (_, count: string, unit: string) => `${readNumber(count)} ${units[unit]![count === '1' ? 0 : 1]}`)
    .replace(/\b(\d+)(?:st|nd|rd|th)\b/gi, (_, count: string) => ordinal(Number(count)))
    .replace(/#\s?(?=\d)/g, 'number ')
    .replace(/(\d)\s?[–-]\s?(?=\d)/g, '$1 to ')
    .replace(/\s&\s/g, ' and ')
    .replace(number, (written) => readNumber(written));
}

/** An address, sign by sign. */
function spell(address: string): string {
  return address
    .replace(/[.@/\-_+?=&%#]/g, (sign) => ` ${signs[sign]} `)
    .replace(/\d{2,}/g, (run) => digits(run))
    .replace(/\bwww\b/gi, 'w w w')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Digit by digit, with a pause where the writer put one. */
function readPhone(written: string): string {
  const count = written.replace(/\D/g, '').length;
  if (count < 7 || count > 15) return written;
  const groups = written.match(/\d+/g) ?? [];
  const spoken = groups
    .flatMap(groupsOf)
    .map((group) => digits(group))
    .join(', ');
  return `${written.startsWith('+') ? 'plus ' : ''}${spoken}`;
}

/** As people group a number that was written in one piece: by three, with fours where it does not come out even. */
function groupsOf(run: string): string[] {
  if (run.length <= 5) return [run];
  if (run.length === 10) return [run.slice(0, 3), run.slice(3, 6), run.slice(6)];
  if (run.length === 7) return [run.slice(0, 3), run.slice(3)];
  const first = run.length % 3 === 0 ? 3 : 4;
  return [run.slice(0, first), ...groupsOf(run.slice(first))];
}

/** A number with commas and a decimal point; one that begins with a zero is no amount and is read digit by digit. */
function readNumber(written: string): string {
  const [whole = '', part] = written.replace(/,(?=\d{3}\b)/g, '').split('.');
  if (/^0\d/.test(whole)) return digits(whole);
  // A long one without commas is a code, unless it is round.
  if (part === undefined && /^\d{5,}$/.test(whole) && !written.includes(',') && !whole.endsWith('00'))
    return digits(whole);
  if (part === undefined && /^(?:19|20)\d\d$/.test(whole) && !written.includes(',')) return year(Number(whole));
  const spoken = toCardinal(BigInt(whole));
  return part === undefined ? spoken : `${spoken} point ${digits(part)}`;
}
