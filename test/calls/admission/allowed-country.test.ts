import { expect, test } from 'vitest';
import { allowedCountry } from '../../../src/calls/admission/allowed-country.ts';

const from = (...allowedCountries: string[]) => ({ trunk: { allowedCountries } });

test('only countries of the list may be called', () => {
  expect(allowedCountry({ to: '+14155550123', ...from('US', 'DE') })).toBeUndefined();
  expect(allowedCountry({ to: '+4930123456', ...from('US') })).toEqual({ refused: expect.stringContaining('DE') });
});

test('countries that share a code are told apart', () => {
  expect(allowedCountry({ to: '+16045550123', ...from('US') })).toEqual({ refused: expect.stringContaining('CA') });
});

test('with an empty list, and for numbers of no country, nothing is', () => {
  expect(allowedCountry({ to: '+14155550123', ...from() })).toHaveProperty('refused');
  expect(allowedCountry({ to: '+80012345678', ...from('US') })).toEqual({
    refused: expect.stringContaining('no country'),
  });
});
