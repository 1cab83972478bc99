const fullWidth = /[\uff10-\uff19]/g;
const vulgar: Readonly<Record<string, string>> = {
  '½': '1/2',
  '⅓': '1/3',
  '⅔': '2/3',
  '¼': '1/4',
  '¾': '3/4',
  '⅕': '1/5',
  '⅖': '2/5',
  '⅗': '3/5',
  '⅘': '4/5',
  '⅙': '1/6',
  '⅚': '5/6',
  '⅛': '1/8',
  '⅜': '3/8',
  '⅝': '5/8',
  '⅞': '7/8',
};
const vulgarSigns = new RegExp(`(\\d?) ?([${Object.keys(vulgar).join('')}])`, 'g');
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  euro: '€',
  pound: '£',
  deg: '°',
};

/** One spelling for what looks the same, and nothing that cannot be seen. */
const spellings: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  [/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]/g, ' '],
  [/\r\n?|[\u2028\u2029\v\f]/g, '\n'],
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\ufffd]|[\ufe00-\ufe0f]|\u20e3/gu, (sign = '') => (sign === '\n' ? sign : '')],
  [fullWidth, (sign = '') => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)],
  [/&(?:(amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|euro|pound|deg)|#(\d{1,6}));/g, entity],
  [/[\u2212\u2010\u2011]/g, '-'],
  [/℃|º ?C(?!\p{L})/gu, '°C'],
  [/℉|º ?F(?!\p{L})/gu, '°F'],
  [vulgarSigns, (_ = '', digit = '', sign = '') => `${digit && `${digit} `}${vulgar[sign]}`],
  [/(?<=\d ?[kcm]?m)2(?![\p{L}\d.,/:])/gu, '²'],
];

/** Markdown, HTML and signs that are seen and not said. Each looks only at its own line, so that an open mark holds nothing back. */
const marks: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  [/^ {0,9}(?:`{3,}|~{3,})[^\n`]{0,40}$/gm, ''],
  [/^ {0,9}(?:#{1,6} {1,9}|> ?|[-*•◦▪‣] {1,9}(?:\[[ xX]\] )?)/gm, ''],
  [/^ {0,3}(?:-[ -]{2,200}|\*[ *]{2,200}|_[ _]{2,200}|=[ =]{2,200})$/gm, ''],
  [/^ {0,9}\|[ :|-]{0,400}$/gm, ''],
  [/^ {0,9}\| {0,9}|(?<=\|) {0,9}\|/gm, ''],
  [/ {0,9}\| {0,9}$/gm, ''],
  [/ ?\| ?/g, ', '],
  [/!?\[\^?/g, ''],
  [/\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,500}(?: "[^"\n]{0,200}")?\)|\]\[[^\]\n]{0,80}\]|\]/g, ''],
  [/<https?:\/\/([^<>\s]{1,300})>/g, '$1'],
  [/<\/?[a-zA-Z][^<>\n]{0,200}>/g, ' '],
  [/<!--[^\n]{0,300}?-->/g, ' '],
  [/(?<![\p{L}\d:;])[:;=]['’]?-?[()DPp|/\\](?![\p{L}\d/])/gu, ''],
  [/[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{1f1e6}-\u{1f1ff}]/gu, ''],
  [/ ?[\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f\u2b00-\u2bff] ?|[-=]{1,2}> ?|<[-=]{1,2}(?!\d) ?/g, ' '],
  [/[\u2300-\u23ff\u2500-\u27bf•◦▪‣†‡¶®©™]/g, ''],
  // Emphasis, at the edges of words: between digits a star is a product, inside an address an underscore is said.
  [
    /(?<!\d ?|\b(?:press|dial|hit|enter|key|the|or)\s)\*+|\*{2,}|(?<!\b(?:press|dial|hit|enter|key|the|or)\s)\*(?! ?\d)|\*(?=\p{L})/giu,
    '',
  ],
  [/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, ''],
  [/`+|~~+|[{}\\^]/g, ''],
  [/[<>](?! ?[$€£¥₹]?\d)/g, ' '],
];

/** What is to be said of a text: without markup, emoji and control characters. It never looks beyond what it is given. */
export function plainText(text: string): string {
  if (/^[\p{L}\p{M} .,!?'\n]*$/u.test(text)) return text;
  let plain = text;
  for (const [pattern, by] of [...spellings, ...marks])
    plain = typeof by === 'string' ? plain.replace(pattern, by) : plain.replace(pattern, by);
  return plain.replace(/(\S) {2,}/g, '$1 ').replace(/(\S) (?=[.!?](?:\s|$))/g, '$1');
}

function entity(written = '', name = '', number = ''): string {
  if (name) return entities[name] ?? written;
  const point = Number(number);
  return point > 31 && (point < 0xd800 || point > 0xdfff) && point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
}
