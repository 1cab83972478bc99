import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/worker/turns/decide-turn.ts';
import type { Expected } from '../../../src/worker/turns/expectation.ts';
import { readTurn } from '../../../src/worker/turns/read-turn.ts';

const english = { language: 'en-US', country: 'US' };
const open: Expected = { kind: 'open', yesOrNo: false };
const of = (kind: Expected['kind'], more: Partial<Expected> = {}): Expected => ({ kind, yesOrNo: false, ...more });
const rows = (expected: Expected, readings: [string, Reading][], speaker = english) => {
  it.each(readings)('%j', (words, reading) => expect(readTurn(words, expected, speaker)).toBe(reading));
};

describe('anything', () => {
  rows(open, [
    ['What time do you open on Monday?', 'plain'],
    ['I would like an appointment.', 'plain'],
    ['I would like an appointment and', 'unfinished'],
    ['I would like an appointment and.', 'unfinished'],
    ['It is about my', 'unfinished'],
    ['um', 'unfinished'],
    ['So my name is', 'unfinished'],
    ['Can I come on', 'unfinished'],
    ['What is it for?', 'plain'],
    ['what is it for', 'plain'],
    ['Who am I speaking to', 'plain'],
    ['I want to speak to', 'unfinished'],
    ['I was going to…', 'unfinished'],
    ['I was going to -', 'unfinished'],
    ['My phone number is 555', 'unfinished'],
    ['You can call me back at five five five oh one', 'unfinished'],
    ['My phone number is 213 373 4253', 'plain'],
    ['A table for four', 'plain'],
    ['I paid 250 for the phone', 'plain'],
    ['yes', 'plain'],
    ['', 'plain'],
    ['?', 'plain'],
    ['👍', 'plain'],
  ]);
});

describe('yes or no', () => {
  const asked = of('yes_no', { yesOrNo: true });
  rows(asked, [
    ['Yes.', 'whole'],
    ['No, thank you.', 'whole'],
    ["Yeah, that's right.", 'whole'],
    ['yes but', 'unfinished'],
    ['Yes, but only on Tuesdays.', 'plain'],
    ['Yesterday.', 'plain'],
    ['No idea what that is', 'plain'],
  ]);
  it.each([
    ['de', 'Ja, bitte.'],
    ['de', 'Nein danke'],
    ['fr', "Oui, c'est ça."],
    ['es', 'Sí, claro.'],
    ['it', 'Sì, esatto.'],
    ['pt-BR', 'Não, obrigado.'],
    ['nl', 'Ja, dat klopt.'],
  ])('%s: %s', (language, words) => expect(readTurn(words, asked, { language })).toBe('whole'));
  it('answers a question for something else as well', () =>
    expect(readTurn('Yes, sure.', of('telephone_number', { yesOrNo: true }), english)).toBe('whole'));
});

describe('a telephone number', () => {
  rows(of('telephone_number'), [
    ['213', 'unfinished'],
    ['It is 213 373', 'unfinished'],
    ['two one three, three seven three', 'unfinished'],
    ['555-0123', 'unfinished'],
    ['213 373 4253', 'whole'],
    ['two one three, three seven three, four two five three', 'whole'],
    ['plus 49 30 1234', 'dictated'],
    ['213 373 4253 99', 'plain'],
    ['I do not have one', 'plain'],
    ['my number is', 'unfinished'],
  ]);
  rows(
    of('telephone_number'),
    [
      ['null drei null', 'unfinished'],
      ['030 1234567', 'dictated'],
      ['null eins fünf eins eins', 'unfinished'],
    ],
    { language: 'de', country: 'DE' },
  );
  rows(
    of('telephone_number'),
    [
      ['06 12 34', 'unfinished'],
      ['06 12 34 56 78', 'whole'],
    ],
    { language: 'fr', country: 'FR' },
  );
  it('is read without a country too', () =>
    expect(readTurn('+1 213 373 4253', of('telephone_number'), { language: 'en' })).toBe('whole'));
});

describe('a payment card', () => {
  rows(of('card'), [
    ['4111 1111', 'unfinished'],
    ['4111 1111 1111 1111', 'whole'],
    ['four one one one, one one one one, one one one one, one one one one', 'whole'],
    ['4111 1111 1111 1112', 'unfinished'],
    ['3782 822463 10005', 'whole'],
    ['5555 5555 5555 4444', 'whole'],
    ['2223 0031 2200 3222', 'whole'],
    ['3056 930902 5904', 'whole'],
    ['one moment', 'unfinished'],
    ['I do not have it here', 'plain'],
  ]);
});

describe('digits', () => {
  rows(of('digits', { digits: 4 }), [
    ['12', 'unfinished'],
    ['one two three four', 'whole'],
    ['12345', 'whole'],
    ['I forgot it', 'plain'],
  ]);
  rows(of('digits'), [['1 2 3', 'dictated']]);
});

describe('an e-mail address', () => {
  rows(of('email'), [
    ['jane at example dot com', 'whole'],
    ['jane.doe@example.com', 'whole'],
    ['jane.doe@example', 'unfinished'],
    ['jane at', 'unfinished'],
    ['it is J A N', 'unfinished'],
    ['jane dot doe', 'dictated'],
  ]);
});

describe('an address or a name', () => {
  rows(of('address'), [
    ['12 Main Street', 'dictated'],
    ['12 Main Street in', 'unfinished'],
  ]);
  rows(of('name'), [
    ['Sarah Connor', 'plain'],
    ['Connor, C O N N', 'dictated'],
    ['Connor, C-O-N-N', 'dictated'],
    ['my name is', 'unfinished'],
  ]);
});

it('takes any text in any language', () => {
  for (const language of ['xx', 'zh-CN', 'en'])
    for (const kind of ['open', 'yes_no', 'digits', 'telephone_number', 'card', 'name', 'address', 'email'] as const)
      for (const words of ['', ' ', '\u0000', '９９９', '(((', 'a'.repeat(20_000), '1'.repeat(5_000)])
        expect(() => readTurn(words, of(kind, { yesOrNo: true }), { language })).not.toThrow();
});
