import type { Language } from './languages/language.ts';
import type { Place, Rule } from './rule.ts';
import { addressRules } from './rules/addresses.ts';
import { codeRules, mixedRules } from './rules/codes.ts';
import { dateRules } from './rules/dates.ts';
import { measureRules } from './rules/measures.ts';
import { moneyRules } from './rules/money.ts';
import { numberRules } from './rules/numbers.ts';
import { phoneRules } from './rules/phones.ts';
import { scaleRules, suffixRules } from './rules/suffixes.ts';
import { symbolRules } from './rules/symbols.ts';
import { timeRules } from './rules/times.ts';

/** Text of one language as it is to be spoken. `context` is what was read just before it: after "code:" a number is a name. */
export type Reader = (text: string, context?: string) => string;

/** How far a rule sees around it, characters. */
export const sight = 48;

const word = /[\p{L}\p{M}\p{N}]+/uy;
const plain = /[\s,;]+/y;
/** A hyphen or dash between two quantities. */
const range = /\s?[–—-]\s?(?=(?:[$€£¥₹]|[A-Z]{0,3}\$)?\d)/y;

/**
 * Goes through a text once. Where a word, a number or a sign begins, the rules are tried in their order, and the first that
 * reads wins; what it gives is never read again. What no rule knows is spoken as it stands.
 */
export function readerOf(language: Language): Reader {
  const rules = [
    addressRules,
    dateRules,
    timeRules,
    phoneRules,
    codeRules,
    moneyRules,
    suffixRules,
    measureRules,
    scaleRules,
    mixedRules,
    numberRules,
    symbolRules,
  ].flatMap((rulesOf) => rulesOf(language));
  const digitRules = rules.filter(({ starts }) => starts === 'digit');
  const letterRules = rules.filter(({ starts }) => starts === 'letter');
  const signRules = new Map<string, Rule[]>();
  for (const rule of rules)
    if (typeof rule.starts === 'object')
      for (const sign of rule.starts.signs) signRules.set(sign, [...(signRules.get(sign) ?? []), rule]);

  return (text, context = '') => {
    let spoken = '';
    let position = 0;
    const read = (table: readonly Rule[]): boolean => {
      for (const rule of table) {
        rule.pattern.lastIndex = position;
        const match = rule.pattern.exec(text);
        if (!match?.[0]) continue;
        const end = position + match[0].length;
        const place: Place = {
          before: (position < sight ? context : '')
            .concat(text.slice(Math.max(0, position - sight), position))
            .slice(-sight),
          after: text.slice(end, end + sight),
          language,
        };
        const reading = rule.read(match, place);
        if (reading === undefined) continue;
        spoken += reading;
        position = end;
        if (rule.isQuantity) spoken += rangeAt();
        return true;
      }
      return false;
    };
    const rangeAt = (): string => {
      range.lastIndex = position;
      const dash = range.exec(text)?.[0];
      if (dash === undefined) return '';
      position += dash.length;
      return ` ${isSubtraction(dash, text.slice(position, position + sight)) ? language.words.minus : language.words.to} `;
    };
    const pass = (pattern: RegExp): boolean => {
      pattern.lastIndex = position;
      const passed = pattern.exec(text)?.[0];
      if (!passed) return false;
      spoken += passed;
      position += passed.length;
      return true;
    };
    while (position < text.length) {
      if (pass(plain)) continue;
      const first = text[position]!;
      if (/\d/.test(first)) {
        if (!read(digitRules)) pass(word);
      } else if (/[\p{L}\p{N}]/u.test(first)) {
        if (!read(letterRules)) pass(word);
      } else if (!read(signRules.get(first) ?? [])) {
        const sign = String.fromCodePoint(text.codePointAt(position)!);
        spoken += sign;
        position += sign.length;
      }
    }
    return spoken;
  };
}

function isSubtraction(dash: string, rest: string): boolean {
  return dash.startsWith(' ') && /^[\d.,]{1,12}\s?=/.test(rest);
}
