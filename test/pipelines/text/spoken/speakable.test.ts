import { describe, expect, it } from 'vitest';
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
    ['2.5x, 24/7, v1.2.3, 192.168.0.1, 25:00', '2.5x, 24/7, v1.2.3, 192.168.0.1, 25:00'],
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

it('leaves numbers of other languages to the voice', async () => {
  expect(await said('Um 15:30 Uhr, 20 €', { language: 'de-DE' })).toBe('Um 15:30 Uhr, 20 €');
});
