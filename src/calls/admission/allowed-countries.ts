import { parsePhoneNumber } from '../../../telephony/index.ts';

/** The countries of the setting, else the country of the number that calls are made from, else none. */
export function allowedCountries(settings: {
  countries?: readonly string[] | undefined;
  fromNumber?: string | null | undefined;
}): string[] {
  if (settings.countries) return settings.countries.map((country) => country.toUpperCase());
  const own = settings.fromNumber ? parsePhoneNumber(settings.fromNumber) : undefined;
  return own && !('problem' in own) && own.country ? [own.country] : [];
}
