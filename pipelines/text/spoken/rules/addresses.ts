import type { Language } from '../languages/language.ts';
import { cardinal, digits } from '../numerals.ts';
import { at, type Rule, startingWith } from '../rule.ts';

// Inside an address none begins: what follows such a sign was tried with what stands before it.
const begins = '(?<![.@_%+-])';
const label = String.raw`[\p{L}\d][\p{L}\d-]{0,62}`;
// After a full stop without a space a word with a capital begins a sentence, and is no part of an address.
const host = String.raw`${label}(?:\.(?!\p{Lu}\p{Ll})${label}){1,8}`;
const mail = String.raw`${begins}([\p{L}\d][\p{L}\d._%+-]{0,63}@${host})(?![\p{L}\d])`;
const web = String.raw`${begins}(https?:\/\/)?(${host}(?::\d{1,5})?)([\/?#](?:[\w\-.\/?=&%#~+:@,;]{0,300}[\w\/])?)?(?![\p{L}\d])`;

/** Addresses of mail and web, sign by sign. */
export function addressRules(language: Language): Rule[] {
  const isAddress = (written: string, before: string, after: string): boolean => {
    const labels = written.split('.');
    const top = labels.at(-1) ?? '';
    const isPlausible = /^(?:\p{Ll}{2,}|\p{Lu}{2,})$/u.test(top) && labels.slice(0, -1).some((one) => one.length > 1);
    if (!isPlausible || !/\p{L}/u.test(labels[0] ?? '')) return isPlausible && /[a-z]/i.test(labels.at(-2) ?? '');
    if (!language.sentenceStarters.has(top.toLowerCase())) return true;
    // "open.it is easy" lacks a space; "visit example.it" and "example.it." are addresses.
    return labels[0]!.toLowerCase() === 'www' || before.endsWith('@') || !/^\s\p{L}/u.test(after);
  };
  return [
    ...startingWith(['letter', 'digit'], {
      pattern: at(mail),
      read: ([, address = '']) => spell(address, language),
    }),
    ...startingWith(['letter', 'digit'], {
      pattern: at(web),
      read([, scheme, name = '', path = ''], { before, after }) {
        const isCertain = scheme !== undefined && /\p{L}/u.test(name);
        if (!isCertain && !isAddress(name.replace(/:\d+$/, ''), before, after)) return undefined;
        return spell(`${name}${path.replace(/\/$/, '')}`, language);
      },
    }),
    {
      starts: 'letter',
      pattern: at(String.raw`https?:\/\/(?:localhost|[\p{L}\d-]{1,63})(?::\d{1,5})?(?![\p{L}\d])`),
      read: ([address]) => spell(address.replace(/^https?:\/\//, ''), language),
    },
  ];
}

function spell(address: string, language: Language): string {
  return address
    .split(/([^\p{L}\d])/u)
    .map((token) => language.addressSigns[token] ?? spellToken(token, language))
    .filter(Boolean)
    .join(' ');
}

/** Letters stay a word where they may be one; digits are told one by one. */
function spellToken(token: string, language: Language): string {
  if (/^www$/i.test(token)) return 'w w w';
  if (!/\d/.test(token)) return token;
  return token
    .split(/(\d+)/)
    .map((run) => {
      if (/^\d/.test(run)) return run.length === 1 ? cardinal(run, language) : digits(run, language);
      const isWord = /[aeiou]/i.test(run) && !/\p{Ll}\p{Lu}/u.test(run);
      return isWord || /^\P{L}/u.test(run) ? run : run.split('').join(' ');
    })
    .filter(Boolean)
    .join(' ');
}
