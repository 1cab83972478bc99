import { describe, expect, it } from 'vitest';
import { heldText } from '../../../../bench/scenarios/held-text.ts';
import { speakable } from '../../../../pipelines/text/spoken/speakable.ts';
import { flush } from '../../../../pipelines/wire/transcriber.ts';
import type { TextItem } from '../../../../pipelines/wire/voice.ts';

async function read(pieces: TextItem[], { language = 'en-US', pronunciation = {} } = {}): Promise<string[]> {
  const text = (async function* () {
    yield* pieces;
  })();
  const spoken: string[] = [];
  for await (const item of speakable(text, { language, pronunciation })) if (item !== flush) spoken.push(item);
  return spoken;
}
const said = async (text: string, options = {}) => (await read([text], options)).join('');

describe('a text that is read out in English', () => {
  it.each([
    ['Call (212) 555-0123.', 'Call two one two, five five five, zero one two three.'],
    ['It is +44 20 7946 0958 now.', 'It is plus four four, two zero, seven nine four six, zero nine five eight now.'],
    ['Ring 2125550123.', 'Ring two one two, five five five, zero one two three.'],
    ['Call 555-0123', 'Call five five five, zero one two three'],
    ['at 3:30 pm or 9am', 'at three thirty PM or nine AM'],
    ['at 15:00, 9:00 and 10:05 a.m. sharp', "at three PM, nine o'clock and ten oh five AM sharp"],
    ['from 9am-5pm', 'from nine AM to five PM'],
    ['from 9:00-17:00', "from nine o'clock to five PM"],
    ['on March 5, 2026.', 'on March fifth, twenty twenty-six.'],
    ['on 5 March', 'on March fifth'],
    ['on 2026-12-01', 'on December first, twenty twenty-six'],
    ['on 3/5/2026', 'on March fifth, twenty twenty-six'],
    ['since 2005', 'since two thousand five'],
    ['since 1999', 'since nineteen ninety-nine'],
    ['the 21st floor', 'the twenty-first floor'],
    ['$1,250.50 or €1', 'one thousand two hundred fifty dollars and fifty cents or one euro'],
    ['$0.99, £3.01, $2.5 million', 'ninety-nine cents, three pounds and one penny, two point five million dollars'],
    ['20 EUR', 'twenty euros'],
    ['5 km at 20°C, 1 kg, 7.5%', 'five kilometers at twenty degrees Celsius, one kilogram, seven point five percent'],
    ['1,250 people in room 007', 'one thousand two hundred fifty people in room zero zero seven'],
    ['3-4 days, #12', 'three to four days, number twelve'],
    ['-5 today', 'minus five today'],
    ['Write to jo.smith@example.co.uk.', 'Write to jo dot smith at example dot co dot uk.'],
    ['See https://www.example.com/help-me', 'See w w w dot example dot com slash help dash me'],
    [
      'Mix & match, the 2nd one. 5G and B12 stay, e.g. this.',
      'Mix and match, the second one. 5G and B12 stay, e.g. this.',
    ],
    [
      '$20-$30 or 50%-60%, 2025-2026',
      'twenty dollars to thirty dollars or fifty percent to sixty percent, twenty twenty-five to twenty twenty-six',
    ],
    ['$5/month, ZIP 90210, call 911', 'five dollars a month, ZIP nine zero two one zero, call nine one one'],
    ['order 12345678', 'order one two three four, five six seven eight'],
    ['Nothing to change here.', 'Nothing to change here.'],
  ])('%s', async (written, spoken) => expect(await said(written)).toBe(spoken));

  it('reads a day before its month outside the United States', async () => {
    expect(await said('on 3/5/2026', { language: 'en-GB' })).toBe('on May third, twenty twenty-six');
  });

  it('reads the same however the text is torn while it is written', async () => {
    const text =
      'We open at 9:30 am, on March 5, 2026. Call (212) 555-0123, or write to jo@example.com! It costs $1,250.50.';
    const whole = await said(text);
    for (const size of [1, 2, 3, 5, 8]) {
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'g'))!;
      expect((await read(pieces)).join('')).toBe(whole);
    }
  });

  it.each([
    'From March 5 – April 2, 2026, we are closed.',
    'On Monday, March 5, 2026, at 3:30 p.m., we are closed.',
    'We have one on March 5, 10 a.m., and one on May 3, 2027 at noon.',
    'It is in 2025, 2026 and 2027; 5: 30 is no time, and 4, 8, 15 no code.',
  ])('reads the same word by word: %s', async (text) => {
    expect((await read(text.match(/\S+\s*/g)!)).join('')).toBe(await said(text));
  });

  it('holds no first clause back for longer than seven words, whatever the text looks like', async () => {
    // At the pace of a fast hosted model: seven words are 140 ms.
    expect((await heldText.run()).first_text_held_ms_max).toBeLessThanOrEqual(140);
  });

  it('gives each sentence away as soon as it is whole', async () => {
    const pieces = await read(['Sure', ', we', ' can do', ' that. ', 'It is', ' 5', ' dollars.']);
    expect(pieces).toEqual(['Sure, ', 'we can do that. ', 'It is five dollars.']);
  });

  it('says what came so far when it is asked to', async () => {
    expect(await read(['It is 5', flush, ' more'])).toEqual(['It is five', ' more']);
  });
});

describe('the words of the agent file', () => {
  const pronunciation = { nginx: 'engine x', 'Dr.': 'Doctor', US: 'U S', 'C++': 'see plus plus' };

  it('are spoken as it says, in every language', async () => {
    expect(await said('Dr. Ngo runs Nginx and C++ in the US.', { language: 'fr-FR', pronunciation })).toBe(
      'Doctor Ngo runs engine x and see plus plus in the U S.',
    );
  });

  it('are not found inside other words, or with other capitals where they have some', async () => {
    expect(await said('Tell us, nginxes, USA', { pronunciation })).toBe('Tell us, nginxes, USA');
  });
});

describe('other languages', () => {
  it.each([
    ['de-DE', 'Um 15:30 Uhr, 20 €.', 'Um fünfzehn Uhr dreißig, zwanzig Euro.'],
    ['it-IT', 'Alle 15:30, 20 €.', 'Alle 15:30, 20 €.'],
    ['pt-BR', '**Oi** 👍', 'Oi '],
  ])('%s: %s', async (language, written, spoken) => expect(await said(written, { language })).toBe(spoken));

  it('are read alike however the text is torn', async () => {
    const text = 'Wir öffnen am 5. März um 9:30 Uhr. Es kostet 1.250,50 €, Tel. 0171 1234567. Bis bald!';
    const whole = await said(text, { language: 'de-DE' });
    expect(whole).toContain('am fünften März um neun Uhr dreißig');
    for (const size of [1, 2, 3, 7])
      expect((await read(text.match(new RegExp(`.{1,${size}}`, 'g'))!, { language: 'de-DE' })).join('')).toBe(whole);
  });
});

describe('what is seen and not said', () => {
  it.each([
    ['**Done.** We _really_ are `open`.', 'Done. We really are open.'],
    ['See [our page](https://example.com/a_b(c)) today.', 'See our page today.'],
    ['# Hours\n- Monday\n* Tuesday\n> Closed', 'Hours\nMonday\nTuesday\nClosed'],
    ['| Day | Hours |\n|---|---|\n| Monday | 9am |', 'Day, Hours\n \nMonday, nine AM'],
    ['```json\n{"open": true}\n```', ' \n"open": true\n'],
    ['Great 👍🏽! See you 👩‍👩‍👧 soon 🇩🇪.', 'Great! See you soon.'],
    ['A\u0000B\u200b C\ufeff\u202e D\ufffd', 'AB C D'],
    ['Hello ;-) and :) bye', 'Hello and bye'],
    ['Tom &amp; Ann&nbsp;say <b>hi</b><br/>now', 'Tom and Ann say hi now'],
    ['~~old~~ new, a → b', 'old new, a b'],
    ['5 * 3 = 15 and **5** things', 'five times three equals fifteen and five things'],
  ])('%j', async (written, spoken) => {
    const flat = (text: string) =>
      text
        .replace(/ *\n\s*/g, '\n')
        .replace(/ +/g, ' ')
        .trim();
    expect(flat(await said(written))).toBe(flat(spoken));
  });

  it.each(['_', '*', '[', '`', '**', '[link](', '~~', '<b', '{', '![', 'john_doe@example.com '])(
    'an open %s holds back no more than its sentence',
    async (mark) => {
      const pieces = ['Sure, ', mark, 'one ', 'moment. ', 'Then ', 'more', ' words', ' without', ' an end'];
      const text = (async function* () {
        yield* pieces;
      })();
      let taken = 0;
      const counted = (async function* () {
        for await (const piece of text) {
          taken += 1;
          yield piece;
        }
      })();
      const after: number[] = [];
      for await (const _ of speakable(counted, { language: 'en-US', pronunciation: {} })) after.push(taken);
      expect(after[0]).toBe(1);
      expect(after[1]).toBeLessThanOrEqual(5);
    },
  );

  it('a piece with nothing to say becomes white space at most', async () => {
    expect((await read(['…', flush, '—', flush, ' ( ', flush, '👍', flush, '***'])).join('').trim()).toBe('');
  });
});

it('a word of the agent file may hold any sign', async () => {
  const pronunciation = { 'e-mail': 'electronic mail', 'a/b': 'a or b', 'x{2}': 'twice', '': 'nothing' };
  expect(await said('An e-mail, a/b.', { pronunciation })).toBe('An electronic mail, a or b.');
});
