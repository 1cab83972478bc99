import type { Language } from '../languages/language.ts';
import { digits } from '../numerals.ts';
import { at, oneOf, type Rule } from '../rule.ts';

/** What stands before a key of a telephone. */
const pressed = /(?:^|[^\p{L}])(?:press|dial|hit|enter|key|the)\s$/iu;

/** Signs that are not spoken, or not as they are written. */
export function symbolRules(language: Language): Rule[] {
  const { words, weekdays, sentenceStarters } = language;
  const sign = (signs: string, source: string, read: Rule['read']): Rule => ({
    starts: { signs },
    pattern: at(source),
    read,
  });
  const isFree = (before: string) => !/[\p{L}\d)]$/u.test(before);
  const short = Object.keys(weekdays).join('|');
  const dated = new RegExp(`^,? (?:\\d|(?:${oneOf(language.months.flat())})\\.? \\d)`);
  const rules = [
    // A sentence begins without a space before it.
    sign('.!?', String.raw`[.!?](?=(\p{L}[\p{Ll}'’]*))`, ([mark, next = ''], { before }) => {
      if (!/[\p{Ll}\d)"”][)"”]?$/u.test(before)) return undefined;
      const begins = /^\p{Lu}(?:\p{Ll}|['’]|$)/u.test(next) || sentenceStarters.has(next);
      return begins ? `${mark} ` : undefined;
    }),
    sign('.', String.raw`\.(\d+)(?![\p{L}\d]|[.,:/]\d)`, ([, part = ''], { before }) =>
      isFree(before) ? `${words.point} ${digits(part, language)}` : undefined,
    ),
    sign('-', String.raw`- ?(?=[$€£¥₹]?\.?\d)`, ([dash], { before }) =>
      isFree(before) && !(dash === '- ' && before !== '') && !/[–—-]$/.test(before) ? `${words.minus} ` : undefined,
    ),
    sign(
      '+',
      String.raw`\+ ?(?=[$€£¥₹]?\d)`,
      (_, { before }) => `${/\S$/.test(before) && !isFree(before) ? ' ' : ''}${words.plus} `,
    ),
    sign('+', String.raw`\+(?=[\s.,!?;:)]|$)`, (_, { before }) =>
      /\d[kKMB%]?$/.test(before) ? ` ${words.plus}` : /\s$|^$/.test(before) ? words.plus : undefined,
    ),
    sign(
      '&',
      '&',
      (_, { before, after }) => `${/\S$/.test(before) ? ' ' : ''}${words.and}${/^\S/.test(after) ? ' ' : ''}`,
    ),
    sign(
      '=',
      '=',
      (_, { before, after }) => `${/\S$/.test(before) ? ' ' : ''}${words.equals}${/^\S/.test(after) ? ' ' : ''}`,
    ),
    sign('#*', `[#*](?=\\d{1,4}#?(?![\\p{L}\\d]))`, ([key], { before }) =>
      pressed.test(before) ? `${key === '*' ? words.star : words.hash} ` : undefined,
    ),
    sign('#*', `[#*](?=\\s|[.,;!?]|$)`, ([key], { before }) =>
      pressed.test(before) || before.endsWith(' or ') || (key === '#' && /\d$/.test(before))
        ? `${/\S$/.test(before) ? ' ' : ''}${key === '*' ? words.star : words.hash}`
        : undefined,
    ),
    sign('#', '#(?=\\s?\\d) ?', () => `${words.number} `),
    sign('@', '@(?=\\s|\\p{L}|\\d)', (_, { after }) => `${words.at}${/^\S/.test(after) ? ' ' : ''}`),
    sign('~≈', '[~≈] ?(?=[$€£¥₹]?\\d)', () => `${words.about} `),
    sign('<', '< ?(?=[$€£¥₹]?\\d)', () => `${words.less} `),
    sign('≥', '≥ ?(?=[$€£¥₹]?\\d)', () => `${words.atLeast} `),
    sign('≤', '≤ ?(?=[$€£¥₹]?\\d)', () => `${words.atMost} `),
    sign('±', '± ?(?=\\d)', () => `${words.plus} ${words.or} ${words.minus} `),
    sign('§', '§{1,2} ?(?=\\d)', () => `${words.section} `),
    sign('>', '> ?(?=[$€£¥₹]?\\d)', () => `${words.more} `),
    sign('*×·', '[*×·] ?(?=\\d)', (_, { before }) =>
      /\d ?$/.test(before) ? `${before.endsWith(' ') ? '' : ' '}${words.times} ` : '',
    ),
    sign('_', '_(?=[\\p{L}\\d])', () => ` ${language.addressSigns['_']} `),
    sign('/', '/(?=\\p{L})', (_, { before }) => {
      if (!/\p{L}$/u.test(before)) return undefined;
      return /\p{Lu}$/u.test(before) || /(?:^|[^\p{L}])(?:and|und|et|y|en)$/u.test(before) ? ' ' : ` ${words.or} `;
    }),
  ];
  if (short)
    rules.push({
      starts: 'letter',
      pattern: at(`(${short})\\.?(?:(\\s?[–-]\\s?)(${short})\\.?)?(?![\\p{L}\\d])`),
      read([written, first = '', dash, last = ''], { after }) {
        if (dash !== undefined) return `${weekdays[first]} ${words.to} ${weekdays[last]}`;
        return written.endsWith('.') || dated.test(after) ? weekdays[first] : undefined;
      },
    });
  return rules;
}
