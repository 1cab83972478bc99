import parse, { type CountryCode, validatePhoneNumberLength } from 'libphonenumber-js/max';

export type NumberSaid = 'whole' | 'extensible' | 'partial' | 'overlong';

/**
 * How far somebody is who dictates a telephone number. `whole`: no number of its country has more digits. `extensible`: it
 * can be one, and a longer one too. `partial`: it is none yet. `overlong`: no
 * number has so many digits.
 *
 * @param digits As said, `+` in front where it was said.
 * @param country ISO 3166, whose numbers are said without a code.
 */
export function telephoneNumberSaid(digits: string, country: string | undefined): NumberSaid {
  const home = country as CountryCode | undefined;
  const number = parse(digits, home);
  if (!number?.isPossible()) {
    return validatePhoneNumberLength(digits, home) === 'TOO_LONG' ? 'overlong' : 'partial';
  }
  if (validatePhoneNumberLength(`${digits}0`, home) === 'TOO_LONG') return 'whole';
  return number.isValid() ? 'extensible' : 'partial';
}
