import type { Language } from '../languages/language.ts';
import { cardinal, numeral, parseNumeral, spokenNumeral } from '../numerals.ts';
import { at, oneOf, type Rule } from '../rule.ts';

const over = String.raw`(?![\p{L}\d])`;

/** Numbers with letters behind them that are no units: 1st, 1990s, 4x4. */
export function suffixRules(language: Language): Rule[] {
  const { ordinal, decade, words, decimalMark } = language;
  const rules: Rule[] = [
    {
      starts: 'digit',
      pattern: at(String.raw`(\d{1,5})(?:[xX×]| [xX] )(?=\d)`),
      read: ([, count = '']) => `${cardinal(count, language)} ${words.by} `,
    },
    {
      starts: 'digit',
      pattern: at(`(${numeral})[x×]${over}`),
      read([, written = '']) {
        const value = parseNumeral(written, decimalMark);
        return value && `${spokenNumeral(value, language)} ${words.times}`;
      },
    },
  ];
  if (ordinal)
    rules.push({
      starts: 'digit',
      pattern: at(`(\\d{1,9}${decimalMark === '.' ? '|\\d{1,3}(?:,\\d{3}){1,2}' : ''})(${ordinal.mark})${over}`, 'i'),
      read([, written = '', mark = '']) {
        const count = Number(written.replaceAll(',', ''));
        return count > 0 ? ordinal.spoken(count, mark) : undefined;
      },
    });
  if (decade)
    rules.push({
      starts: 'digit',
      pattern: at(String.raw`((?:1[5-9]|20)\d0|[2-9]0)['’]?s${over}`),
      read: ([, value = ''], { before }) =>
        value.length === 4 || /(?:(?:the|late|early|mid|his|her|their|my|your|our)[ -]|['’])$/i.test(before)
          ? decade(value)
          : undefined,
    });
  return rules;
}

/** `10k`, `2.5M` where no currency and no unit follows. */
export function scaleRules(language: Language): Rule[] {
  const { scales, decimalMark } = language;
  const letters = Object.keys(scales).filter((scale) => scale.length <= 2);
  if (letters.length === 0) return [];
  return [
    {
      starts: 'digit',
      pattern: at(`(${numeral})(${oneOf(letters)})${over}`),
      read([, written = '', scale = '']) {
        const value = parseNumeral(written, decimalMark);
        // "4K" is a size of pictures, "4B" a door.
        if (!value || scale === 'K' || (scale === 'B' && value.part === undefined)) return undefined;
        return `${spokenNumeral(value, language)} ${scales[scale]}`;
      },
      isQuantity: true,
    },
  ];
}
