import { expect, test } from 'vitest';
import { askWords, searchConfig } from '../../../src/calls/knowledge/ask-words.ts';
import { cutPassages } from '../../../src/calls/knowledge/cut-passages.ts';
import { spokenPassage } from '../../../src/calls/knowledge/spoken-passage.ts';

test('a paper is cut at its headings, without marks of Markdown', () => {
  const paper = `# The shop

Welcome to **the shop**.

## Prices

### Cakes

- A cake is [20 dollars](https://shop.example.com/cakes).
- A slice is \`3\` dollars ![map](m.png) [as [x] said.

| size | price |
| --- | --- |
| large | 30 |

### Bread

A loaf is 5 dollars.

## Hours

We are open
from six to two.
`;
  expect(cutPassages(paper)).toEqual([
    { heading: '', text: 'Welcome to the shop.' },
    {
      heading: 'Prices, Cakes',
      text: expect.stringMatching(
        /^A cake is 20 dollars\. \nA slice is 3 dollars map \[as \[x\] said\.\nsize, price .*large, 30$/,
      ),
    },
    { heading: 'Prices, Bread', text: 'A loaf is 5 dollars.' },
    { heading: 'Hours', text: 'We are open from six to two.' },
  ]);
});

test('what is long is cut between paragraphs, sentences and words, and nothing of it is lost', () => {
  const sentence = 'This sentence says something about bread and cakes and rolls. ';
  const paper = `${sentence.repeat(4)}\r\n\r\n${sentence.repeat(30)}\r\n\r\n${'x'.repeat(1500)}`;
  const passages = cutPassages(paper);
  expect(Math.max(...passages.map(({ text }) => text.length))).toBeLessThanOrEqual(600);
  const whole = passages.map(({ text }) => text).join(' ');
  expect(whole.match(/This sentence/g)).toHaveLength(34);
  expect(whole.match(/x/g)!.length).toBe(1500);
  expect(cutPassages('')).toEqual([]);
});

test('of a long passage the sentences that fit are told, of a short one all', () => {
  const long = `${'Cakes are made every day with butter and flour. '.repeat(8)}A wedding cake is ordered three weeks before. Bring a picture.`;
  expect(spokenPassage(long, 'how early do I order a wedding cake')).toBe(
    'A wedding cake is ordered three weeks before. Bring a picture.',
  );
  expect(spokenPassage('Open from six.\nClosed on Monday', 'are you closed on Monday')).toBe(
    'Open from six. Closed on Monday.',
  );
});

test('words of a question bring those that may stand for them', () => {
  const words = askWords('Where do I go for my appointment, and how much is it?', 'en-US');
  expect(words.find(({ own }) => own === 'appointment')?.alike).toContain('booking');
  expect(words.find(({ own }) => own === 'where')).toBeDefined();
  expect(words.find(({ own }) => own === 'price')?.alike).toContain('cost');
  expect(askWords('Wo kann ich parken?', 'de').every(({ alike }) => alike.length === 0)).toBe(true);
  expect([searchConfig('de-CH'), searchConfig('en'), searchConfig('ja')]).toEqual(['german', 'english', 'simple']);
});
