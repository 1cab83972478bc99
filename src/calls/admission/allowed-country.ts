import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

/** Numbers of no country, such as +800, are never allowed. */
export function allowedCountry({
  to,
  trunk,
}: Pick<AdmissionFacts, 'to'> & { trunk: { allowedCountries: readonly string[] } }): Objection | undefined {
  const number = parsePhoneNumber(to);
  if ('problem' in number) return undefined;
  if (number.country && trunk.allowedCountries.includes(number.country)) return undefined;
  return {
    refused: `Calls to ${number.country ?? 'numbers of no country'} are not allowed. The operator may add it to PARLEY_ALLOWED_COUNTRIES.`,
  };
}
