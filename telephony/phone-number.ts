import parse, { type CountryCode, type NumberType } from 'libphonenumber-js/max';

export type PhoneNumber = {
  /** `+` and digits. */
  e164: string;
  /** ISO 3166 code; undefined for numbers of no country, such as +800. */
  country: CountryCode | undefined;
  type: NumberType;
  /**
   * Billed above the ordinary rate, or forwarded to whoever: premium rate, shared cost, personal and pager numbers, or an
   * expensive world-wide range.
   */
  isPremium: boolean;
};

export type PhoneNumberProblem = { problem: 'not_e164' | 'impossible' | 'invalid'; message: string };

/**
 * Ranges outside any country that are billed far above an ordinary call: satellite, personal and international premium rate
 * (ITU-T E.164, list of assigned country codes).
 */
const expensiveCodes = ['870', '878', '881', '882', '883', '979'];

/** UK 070, NANP 5XX, German 0700: the caller pays for being forwarded anywhere. */
const expensiveTypes: readonly NumberType[] = ['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER'];

/** A number and the marks people put between its digits; no words, no extension, no address. */
const nothingElse = /^\+?[\d ().\-/\u2010-\u2015\u00a0]{1,40}$/;

/**
 * Reads a number as the carrier will: E.164, or national digits when a country is given.
 * Answers a problem with a sentence that says what to send instead; never throws.
 */
export function parsePhoneNumber(text: string, country?: string): PhoneNumber | PhoneNumberProblem {
  const mark = text.search(/[;,#]|\bext|\bx/i);
  const extension = mark !== -1 && /\d/.test(text.slice(mark));
  const number = nothingElse.test(text.trim()) ? parse(text, country as CountryCode | undefined) : undefined;
  if (!number && extension)
    return {
      problem: 'not_e164',
      message:
        'It has an extension or codes after the number. Send the number alone, such as +15551234567; the agent presses keys when the call is answered.',
    };
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
    isPremium: expensiveTypes.includes(type) || expensiveCodes.includes(number.countryCallingCode),
  };
}
