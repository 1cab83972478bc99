import parse from 'libphonenumber-js/max';
import type { Language } from '../languages/language.ts';
import { spokenDigits } from '../numerals.ts';
import { at, ends, type Rule } from '../rule.ts';

const separators = String.raw`[ .\-/()]{1,3}`;

/** Telephone numbers: by their mark, by brackets around the area code, and as the country of the language writes them. */
export function phoneRules(language: Language): Rule[] {
  const { plus } = language.words;
  const isPhone = (written: string) => {
    const count = written.replace(/\D/g, '').length;
    return count >= 7 && count <= 15;
  };
  return [
    {
      starts: { signs: '+' },
      pattern: at(String.raw`\+ ?\(?\d{1,15}(?:${separators}\d{1,15}){0,8}${ends}`),
      read: ([written]) => (isPhone(written) ? `${plus} ${spokenDigits(grouped(written), language)}` : undefined),
    },
    {
      starts: { signs: '(' },
      pattern: at(String.raw`\(\d{1,5}\)[ \-]?\d{2,8}(?:[ .\-]\d{2,8}){0,4}${ends}`),
      read: ([written]) => (isPhone(written) ? spokenDigits(written, language) : undefined),
    },
    {
      starts: 'digit',
      pattern: at(`(?:${language.phone})(?![\\p{L}\\d]|[.,:/-]\\d)`),
      read: ([written]) => (isPhone(written) ? spokenDigits(written, language) : undefined),
    },
  ];
}

/** As the number's own country groups it, where the writer did not. */
function grouped(written: string): string {
  if (/\d[^\d]+\d+[^\d]+\d/.test(written)) return written;
  return parse(`+${written.replace(/\D/g, '')}`)?.formatInternational() ?? written;
}
