import type { Language } from '../languages/language.ts';
import { at, oneOf, type Rule } from '../rule.ts';
import { endsSentence } from './dates.ts';

const hour = String.raw`([01]?\d|2[0-3])`;
const twelve = '(1[0-2]|0?[1-9])';
const minute = String.raw`([0-5]\d)`;
const over = String.raw`(?![\p{L}\d]|[:.,]\d)`;

/** Times of the day. What a full stop after `p.m.` ends stays ended. */
export function timeRules(language: Language): Rule[] {
  const { clockWords, clockMark, half, words } = language;
  const names = oneOf([...Object.values(language.weekdays), ...language.months.flat()]);
  const goesOn = new RegExp(`^\\s+(?:(?:${names})|[A-Z]{2,4})(?!\\p{L})`, 'u');
  /** Empty where the mark of an abbreviation is no full stop. */
  const fullStop = (written: string, after: string): string => {
    if (!written.endsWith('.')) return '';
    const isAbbreviated = written.indexOf('.') < written.length - 1;
    return !isAbbreviated || (endsSentence(after) && !goesOn.test(after)) ? (/^\p{L}/u.test(after) ? '. ' : '.') : '';
  };
  const halfOf = (letter: string | undefined) =>
    letter === undefined ? {} : ({ half: letter.toLowerCase() === 'a' ? 'am' : 'pm' } as const);
  const rules: Rule[] = [];
  if (clockWords) {
    rules.push({
      starts: 'digit',
      pattern: at(`${hour}(?:[:.]${minute}(?::[0-5]\\d)?)?\\s?(?:${clockWords})(?![\\p{L}\\d])`, 'i'),
      read: ([, hours, minutes]) => language.time({ hours: Number(hours), minutes: Number(minutes ?? 0) }),
      isQuantity: true,
    });
    // "von 9 bis 17 Uhr", "9-17 Uhr"
    rules.push({
      starts: 'digit',
      pattern: at(`${hour}\\s?[–-]\\s?(?=${hour}(?:[:.]${minute})?\\s?(?:${clockWords})(?![\\p{L}\\d]))`, 'i'),
      read: ([, hours]) => `${language.cardinal(BigInt(hours!))} ${words.to} `,
    });
  }
  if (half) {
    const withHalf = `\\s?(${half})`;
    rules.push(
      {
        starts: 'digit',
        pattern: at(`${hour}[:.]${minute}(?::([0-5]\\d))?${withHalf}`, 'i'),
        read: ([, hours, minutes, seconds, written = '', letter], { after }) =>
          `${language.time({ hours: Number(hours), minutes: Number(minutes), ...halfOf(letter) })}${secondsOf(seconds, language)}${fullStop(written, after)}`,
        isQuantity: true,
      },
      {
        starts: 'digit',
        pattern: at(`${twelve}${withHalf}`, 'i'),
        read: ([, hours, written = '', letter], { after }) =>
          `${language.time({ hours: Number(hours), minutes: 0, ...halfOf(letter) })}${fullStop(written, after)}`,
        isQuantity: true,
      },
      {
        starts: 'digit',
        pattern: at(`${twelve}\\s?[–-]\\s?(?=${twelve}(?::${minute})?${withHalf})`, 'i'),
        read: ([, hours]) => `${language.cardinal(BigInt(hours!))} ${words.to} `,
      },
    );
  }
  rules.push({
    starts: 'digit',
    pattern: at(`${hour}(?:${clockMark})${minute}(?::([0-5]\\d))?(?:\\s?(?:h|hrs)(?!\\p{L}))?${over}`),
    read: ([, hours, minutes, seconds]) =>
      `${language.time({ hours: Number(hours), minutes: Number(minutes) })}${secondsOf(seconds, language)}`,
    isQuantity: true,
  });
  return rules;
}

function secondsOf(seconds: string | undefined, { words, cardinal }: Language): string {
  const count = Number(seconds ?? 0);
  if (count === 0) return '';
  return ` ${words.and} ${count === 1 ? words.seconds.one : `${cardinal(BigInt(count), words.seconds.form)} ${words.seconds.many}`}`;
}
