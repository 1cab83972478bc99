import parse, { type CountryCode, type NumberType } from 'libphonenumber-js/max';

export type PhoneNumber = {
  /** `+` and digits. */
  e164: string;
  /** ISO 3166 code; undefined for numbers of no country, such as +800. */
  country: CountryCode | undefined;
  type: NumberType;
  /** Billed above the ordinary rate: premium rate, shared cost, or an expensive world-wide range. */
  isPremium: boolean;
};

export type PhoneNumberProblem = { problem: 'not_e164' | 'impossible' | 'invalid'; message: string };

/** Ranges outside any country that are billed far above an ordinary call: satellite and international premium rate. */
const expensiveCodes = ['870', '881', '882', '883', '979'];

/**
 * Reads a number as the carrier will: E.164, or national digits when a country is given.
 * Answers a problem with a sentence that says what to send instead; never throws.
 */
export function parsePhoneNumber(text: string, country?: string): PhoneNumber | PhoneNumberProblem {
  const number = parse(text, country as CountryCode | undefined);
  if (!number)
    return {
      problem: 'not_e164',
      message:
        'It is not a phone number. Send it in E.164: + and the country code, then the number, such as +15551234567.',
    };
  if (!number.isPossible())
    return { problem: 'impossible', message: `${number.number} has a wrong number of digits for its country.` };
  const isWorldWide = number.isNonGeographic();
  if (!number.isValid() && !isWorldWide)
    return { problem: 'invalid', message: `${number.number} is not in use: its country gives out no such numbers.` };
  const type = number.getType();
  return {
    e164: number.number,
    country: number.country,
    type,
    isPremium: type === 'PREMIUM_RATE' || type === 'SHARED_COST' || expensiveCodes.includes(number.countryCallingCode),
  };
}
