import { describe, expect, test } from 'vitest';
import { parsePhoneNumber } from '../../telephony/index.ts';
import { numbersByKind, refusedNumbers } from './numbers.ts';

test('a number in E.164 is read with its country', () => {
  expect(parsePhoneNumber('+1 (213) 373-4253')).toMatchObject({
    e164: '+12133734253',
    country: 'US',
    isPremium: false,
  });
});

test('national digits need a country', () => {
  expect(parsePhoneNumber('0171 2345678')).toMatchObject({ problem: 'not_e164' });
  expect(parsePhoneNumber('0171 2345678', 'DE')).toMatchObject({ e164: '+491712345678', type: 'MOBILE' });
});

test.each(['+19002345678', '+44 909 8790000', '+8816 1234 5678', '+979 123456789'])('%s is premium', (number) => {
  expect(parsePhoneNumber(number)).toMatchObject({ isPremium: true });
});

test.each(['+447012345678', '+15005550123', '+4970012345678', '+878101234567890'])(
  '%s is forwarded to whoever at the price of whoever, and premium',
  (number) => {
    expect(parsePhoneNumber(number)).toMatchObject({ isPremium: true });
  },
);

test.each([
  'call me +12133734253',
  '+12133734253;ext=99',
  '+12133734253 ext. 99',
  '+12133734253 x99',
  '+12133734253,,,123#',
  'sip:+12133734253@carrier.example.com',
  'tel:+12133734253',
  '+12133734253\n+12133734254',
  '+1213373425３',
  '+1 213 ++373 4253',
])('%j is more than a number, and refused', (text) => {
  expect(parsePhoneNumber(text)).toMatchObject({ problem: expect.stringMatching(/not_e164|impossible/) });
});

test('an extension is refused with what can be done', () => {
  expect(parsePhoneNumber('+12133734253;ext=99')).toMatchObject({ message: expect.stringMatching(/presses keys/) });
});

test.each(['hello', '', 'DROP TABLE calls', '+', '911'])('%j is refused with what to send instead', (text) => {
  expect(parsePhoneNumber(text)).toMatchObject({
    problem: 'not_e164',
    message: expect.stringContaining('+15551234567'),
  });
});

test('digits of a wrong count are refused', () => {
  expect(parsePhoneNumber('+1213373')).toMatchObject({ problem: 'impossible' });
});

describe('the table of numbers', () => {
  const verdictOf = (text: string) => {
    const read = parsePhoneNumber(text);
    if ('problem' in read) return 'refused';
    return read.isPremium ? 'premium' : 'callable';
  };

  test.each(['callable', 'premium'] as const)('%s numbers of every kind and country', (verdict) => {
    const wrong = Object.entries(numbersByKind[verdict]).flatMap(([kind, list]) =>
      list.split(',').flatMap((entry) => {
        const [number = '', country = ''] = entry.trim().split(' ');
        const found = verdictOf(number);
        return found === verdict ? [] : [{ number, kind, country, found }];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('its countries are read', () => {
    const list = numbersByKind.callable.mobile.split(',').map((entry) => entry.trim().split(' '));
    expect(list.map(([number]) => (parsePhoneNumber(number!) as { country?: string }).country)).toEqual(
      list.map(([, country]) => country),
    );
  });

  test('what is no number of anybody is refused', () => {
    expect(refusedNumbers.filter((number) => verdictOf(number) !== 'refused')).toEqual([]);
  });

  test('has more than 200 of them', () => {
    const lists = Object.values(numbersByKind).flatMap((kinds) => Object.values(kinds));
    const numbers = lists.flatMap((list) => list.split(','));
    expect(new Set(numbers).size + refusedNumbers.length).toBeGreaterThan(200);
  });
});
