import type { Counted, Language } from '../languages/language.ts';
import { type Numeral, numeral, parseNumeral, spacedNumeral, spokenNumeral } from '../numerals.ts';
import { at, oneOf, type Rule } from '../rule.ts';
import { endsSentence } from './dates.ts';

/** Numbers with the unit that they count. */
export function measureRules(language: Language): Rule[] {
  const { units, feet, per, measuredNouns, decimalMark } = language;
  const nouns = measuredNouns ? new RegExp(`^ ?(?:${measuredNouns})(?!\\p{L})`, 'u') : undefined;
  const rules: Rule[] = [];
  if (feet) rules.push(...feetRules(feet, language));
  rules.push({
    starts: 'digit',
    pattern: at(
      `((?:\\d{1,4} )?\\d{1,3}\\/\\d{1,3}|${spacedNumeral}|${numeral})([\\s-]?)(${oneOf(Object.keys(units))})(?![\\p{L}\\d²³]|\\.\\p{L})(\\.?)(?:\\s?/\\s?(${oneOf(Object.keys(per))})(?!\\p{L}))?`,
    ),
    read([, written = '', gap, unit = '', dot = '', what], { after }) {
      const of = units[unit]!;
      if (unit === 'in.' && !/^ \p{Ll}/u.test(after)) return undefined;
      const isSingular = gap === '-' || (nouns?.test(after) ?? false);
      const end = dot && (!/^\p{L}/u.test(unit) || endsSentence(after)) ? dot : '';
      const rate = what === undefined ? '' : ` ${per[what]}`;
      const slash = written.indexOf('/');
      if (slash >= 0) {
        const fraction = spokenFraction(written, language);
        return fraction && `${fraction} ${written.includes(' ') ? of.many : nameOf(of)}${rate}${end}`;
      }
      const value = parseNumeral(written, decimalMark);
      if (!value) return undefined;
      return `${isSingular ? singular(value, of, language) : counted(value, of, language)}${rate}${end}`;
    },
    isQuantity: true,
  });
  const [hours, minutes] = [units['h'], units['min']];
  if (hours && minutes)
    rules.unshift({
      starts: 'digit',
      pattern: at(String.raw`(\d{1,2}) ?h(?:rs?)? ?([0-5]?\d)(?: ?m(?:ins?)?)?(?![\p{L}\d]|[.,:]\d)`),
      read: ([, hour = '', minute = '']) =>
        `${counted({ whole: hour }, hours, language)} ${counted({ whole: String(Number(minute)) }, minutes, language)}`,
    });
  rules.push(
    {
      starts: 'digit',
      pattern: at(`(${numeral})\\s?/\\s?(${oneOf(Object.keys(per))})(?![\\p{L}\\d])`),
      read([, written = '', what = '']) {
        const value = parseNumeral(written, decimalMark);
        return value && `${spokenNumeral(value, language)} ${per[what]}`;
      },
    },
    {
      starts: 'letter',
      pattern: at(`(${language.perWord}) (${oneOf(Object.keys(units))})(?![\\p{L}\\d²³])`),
      read: ([, word = '', unit = '']) => `${word} ${nameOf(units[unit]!)}`,
    },
  );
  return rules;
}

/** `1/2`, `2 1/2`. */
export function spokenFraction(written: string, language: Language): string | undefined {
  const [, whole, top, bottom] = /^(?:(\d+) )?(\d+)\/(\d+)$/.exec(written) ?? [];
  if (top === undefined || bottom === undefined) return undefined;
  const [over, under] = [Number(top), Number(bottom)];
  if (whole === undefined) return language.fraction?.(over, under);
  return language.mixed?.(language.cardinal(BigInt(whole)), over, under);
}

function counted(value: Numeral, unit: Counted, language: Language): string {
  const isOne = value.whole === '1' && value.part === undefined;
  return isOne ? unit.one : `${spokenNumeral(value, language, unit.form ?? 'masculine')} ${unit.many}`;
}

function singular(value: Numeral, unit: Counted, language: Language): string {
  return `${spokenNumeral(value, language, unit.form ?? 'masculine')} ${nameOf(unit)}`;
}

/** The unit alone: "one pound" without its "one". */
export function nameOf({ one }: Counted): string {
  return one.slice(one.indexOf(' ') + 1);
}

function feetRules({ foot, inch }: { foot: Counted; inch: Counted }, language: Language): Rule[] {
  const whole = (written: string, unit: Counted) => counted({ whole: written }, unit, language);
  const count = (written: string) => language.cardinal(BigInt(written));
  return [
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{1,2}) ?['’′] ?(\d{1,2})(?:["”″]|['’′]{2}|)(?![\p{L}\d])`),
      read: ([, feet = '', inches = '']) => `${count(feet)} ${nameOf(foot)} ${count(inches)}`,
    },
    {
      starts: 'digit',
      pattern: at(
        String.raw`(\d{1,3}) ?(?:ft\.?|feet|foot),? ?(\d{1,2}) ?(?:in(?:\.(?= \p{Ll}))?|inches|inch)(?!\p{L})`,
        'i',
      ),
      read: ([, feet = '', inches = '']) => `${whole(feet, foot)} ${whole(inches, inch)}`,
    },
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{1,3})["”″](?!\p{L})`),
      // A mark that closes a quotation is none of inches.
      read: ([, inches = ''], { before }) => (/["“][^"”″]*$/.test(before) ? undefined : whole(inches, inch)),
    },
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{1,3})['’′](?![\p{L}\d])`),
      read: ([, feet = ''], { before }) => (/['‘’][^'’]*$/.test(before) ? undefined : whole(feet, foot)),
    },
  ];
}
