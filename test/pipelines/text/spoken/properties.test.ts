import { describe, expect, test } from 'vitest';
import { languageOf } from '../../../../pipelines/text/spoken/languages/language-of.ts';
import { plainText } from '../../../../pipelines/text/spoken/plain-text.ts';
import { readerOf } from '../../../../pipelines/text/spoken/reader.ts';
import { speakable } from '../../../../pipelines/text/spoken/speakable.ts';
import { speechChunks } from '../../../../pipelines/text/speech-chunks.ts';
import { flush } from '../../../../pipelines/wire/transcriber.ts';
import type { TextItem } from '../../../../pipelines/wire/voice.ts';

const tags = ['en-US', 'en-GB', 'de-DE', 'es-ES', 'es-MX', 'fr-FR', 'nl-NL'];
const readers = tags.map((tag) => ({ tag, read: readerOf(languageOf(tag)!) }));
const english = readers[0]!.read;

/** Numbers between 0 and 1 that are the same in every run: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = seeded(20_260_305);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
const run = (length: number) => Array.from({ length }, () => below(10)).join('');

const alphabet = [
  ...'0123456789'.repeat(4).split(''),
  ...'.,:;/-–—+ \'"()[]{}<>*_`~#%&=@$€£¥₹¢°½²!?…→\n\t|\\^'.split(''),
  ...'abcdehkmnprstxyzABCDEIKMTXZéßñ'.split(''),
  'am',
  'pm',
  'p.m.',
  'km',
  'lb.',
  'March ',
  'May ',
  'code ',
  'PIN ',
  '€',
  ' EUR',
  'Uhr',
  'h',
  'de ',
  'http://',
  '@x.co',
  '\u0000',
  '\ud83d',
  '👍',
  '٣',
  '１',
];
const noise = () => Array.from({ length: 1 + below(60) }, () => pick(alphabet)).join('');

const kinds: readonly (() => string)[] = [
  () => run(1 + below(24)),
  () => `${1 + below(999)},${run(3)}`,
  () => `${1 + below(999)}.${run(3)}.${run(3)}`,
  () => `${below(1000)}${pick(['.', ','])}${run(1 + below(6))}`,
  () => `${pick(['$', '€', '£', '¥', '₹', 'A$', 'CHF ', '-$'])}${below(100_000)}${pick(['', `.${run(2)}`])}`,
  () => `${below(1000)} ${pick(['km', 'lb', '%', '°C', 'EUR', 'kg', 'm²', 'GB'])}`,
  () => `${run(4)} ${run(4)} ${run(4)} ${run(4)}`,
  () => `+${1 + below(99)} ${run(3)} ${run(3)} ${run(4)}`,
  () => `${run(3)}-${run(3)}-${run(4)}`,
  () => `${1 + below(12)}/${1 + below(28)}/20${run(2)}`,
  () => `${below(24)}:${10 + below(50)}`,
  () => `${1 + below(12)}${pick(['am', ' p.m.', 'PM'])}`,
  () => `code ${run(4 + below(4))}`,
  () => `${pick(['A', 'XK', 'ab'])}${run(2)}${pick(['B', 'c'])}${run(3)}`,
  () => `${below(10)}-${below(10)}`,
  () => `${1 + below(9)}/${2 + below(9)}`,
  () => `jo${run(3)}@example.${pick(['shop', 'co', 'health'])}`,
  () => `20${run(2)}-0${1 + below(9)}-1${below(9)}T1${below(9)}:${10 + below(49)}:${10 + below(49)}Z`,
  () => `${run(2)}.${run(2)}.${run(3)}.${run(1)}`,
];
const before = ['It is ', 'Call ', 'Your order ', 'on ', 'from ', '', 'the ', 'about ', 'PIN is '];
const after = ['', ' today', ' and more', ', please', ' people', ')'];
const sentence = () => `${pick(before)}${pick(kinds)()}${pick(after)}`;

/** How many digits the number words of a text can stand for, at most: "thirteen" for two, "three" for one. */
const two =
  /\b(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|tens|October|November|December|tenths?|twelfths?|sixteenths?)\b/g;
const one =
  /\b(?:one|two|three|four|five|six|seven|eight|nine|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|twentieth|thirtieth|\w+ieth|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|thirds?|quarters?|fifths|sixths|sevenths|eighths|ninths|half|halves|an?|[a-z]+ies|January|February|March|April|May|June|July|August|September|PM|thirty-seconds?|hundredths?)\b|[1-9]/g;
const told = (spoken: string) => (spoken.match(two) ?? []).length * 2 + (spoken.match(one) ?? []).length;

describe('whatever is written', () => {
  test('nothing throws, in any language', () => {
    for (let turn = 0; turn < 1_500; turn += 1) {
      const text = turn % 2 ? noise() : sentence();
      for (const { read } of readers) expect(typeof read(plainText(text)), JSON.stringify(text)).toBe('string');
    }
  });

  test('no digit is lost', () => {
    for (let turn = 0; turn < 4_000; turn += 1) {
      const text = sentence();
      const digits = (text.match(/[1-9]/g) ?? []).length;
      const spoken = english(plainText(text));
      expect(told(spoken), `${text} → ${spoken}`).toBeGreaterThanOrEqual(digits);
    }
  });

  test('a number comes back from its words', () => {
    const names = 'zero one two three four five six seven eight nine'.split(' ');
    for (let turn = 0; turn < 1_000; turn += 1) {
      const code = run(4 + below(12));
      const spoken = english(`code ${code}`).replace('code ', '').replaceAll(',', '');
      expect(
        spoken
          .split(' ')
          .map((name) => names.indexOf(name))
          .join(''),
      ).toBe(code);
    }
  });

  test('a sentence end stays a sentence end', () => {
    for (let turn = 0; turn < 1_500; turn += 1) {
      const [first, end] = [sentence().replace(/\.$/, ''), pick(['.', '!', '?'])];
      const spoken = english(plainText(`${first}${end} Then we close.`));
      expect(spoken, `${first}${end}`).toContain(`${end} Then we close.`);
    }
  });

  test('what is spoken holds no markup, no emoji and no control character', () => {
    for (let turn = 0; turn < 1_500; turn += 1)
      expect(english(plainText(noise()))).not.toMatch(/[{}[\]`\\^|→]|[\p{Cs}\p{Extended_Pictographic}]|(?!\n)\p{Cc}/u);
  });
});

describe('hostile text', () => {
  const size = 32_000;
  const filled = (unit: string) => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const texts = [
    '1',
    'a',
    '1 ',
    '1,',
    '1.',
    '1-',
    '1:',
    '1/',
    '(1',
    '+1',
    '[',
    '](',
    '[a](',
    '*',
    '_',
    '`',
    '<a',
    '&#1',
    '|',
    '-',
    ' ',
    '.',
    '!',
    'a.',
    'a@',
    'a.b',
    'a1',
    'A1-',
    '$1',
    '$',
    '1 1',
    '111 ',
    '1\'2"',
    '½',
    '👍',
    '{',
    '"',
    'http://',
    'p.m.',
    '5 lb.',
    'March ',
    'code ',
    '9am-',
    '\n',
    '\u0000',
    '…',
    'x_',
  ];

  test.each(texts)('32 kB of %j take a time that grows with their length', (unit) => {
    const cpuMs = (text: string) => {
      const start = process.cpuUsage();
      english(plainText(text));
      return process.cpuUsage(start).user / 1_000;
    };
    const [short, long] = [filled(unit).slice(0, size / 8), filled(unit)];
    cpuMs(short);
    // Eight times the text: a quadratic pattern would take 64 times as long. The floor keeps out what the engine compiles meanwhile.
    expect(cpuMs(long)).toBeLessThan(32 * Math.max(cpuMs(short), 20));
  });

  test.each(['a', '1', ' ', '_', '…', 'a. ', '1,'])(
    'pieces of one character of %j are cut, and none is silent',
    async (unit) => {
      const pieces = (async function* () {
        for (const character of filled(unit).slice(0, 10_000)) yield character;
      })();
      let longest = 0;
      for await (const { text } of speechChunks(speakable(pieces, { language: 'en-US', pronunciation: {} }))) {
        longest = Math.max(longest, text.length);
        expect(text).toMatch(/[\p{L}\p{N}]/u);
      }
      expect(longest).toBeLessThanOrEqual(301);
    },
  );

  test('an end of the text that was asked for loses nothing', async () => {
    const pieces = (async function* (): AsyncGenerator<TextItem> {
      yield* ['It is ', '5', flush, '…', flush, '—', ' 6.'];
    })();
    const spoken: string[] = [];
    for await (const { text } of speechChunks(speakable(pieces, { language: 'en-US', pronunciation: {} })))
      spoken.push(text);
    expect(spoken.map((text) => text.trim())).toEqual(['It is five', '— six.']);
  });
});
