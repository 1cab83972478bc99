import { parsePhoneNumber } from '../../telephony/index.ts';
import type { DoNotCallStore } from './dispatch-ports.ts';
import { CallError } from './errors.ts';

/** What a number must pass before a call may be handed to it: the same that it must pass before it is dialled. */
export type NumberRules = { allowedCountries: readonly string[] };

/** @throws CallError `invalid_number`, `blocked` */
export async function checkTransferTarget(
  transfer: { tenantId: string; to: string },
  deps: { rules: NumberRules; doNotCall: Pick<DoNotCallStore, 'has'> },
): Promise<void> {
  const number = parsePhoneNumber(transfer.to);
  if ('problem' in number) throw new CallError('invalid_number', number.message, { field: 'to' });
  const refuse = (rule: string, message: string) =>
    new CallError('blocked', message, { field: 'to', details: { rule } });
  if (number.isPremium)
    throw refuse('premium_number', `${number.e164} is a premium-rate number, which is never called.`);
  if (!number.country || !deps.rules.allowedCountries.includes(number.country))
    throw refuse(
      'country',
      `Calls to ${number.country ?? 'numbers of no country'} are not allowed. The operator may add it to PARLEY_ALLOWED_COUNTRIES.`,
    );
  if (await deps.doNotCall.has(transfer.tenantId, number.e164))
    throw refuse('do_not_call', `${number.e164} is on the do-not-call list.`);
}

/** The countries of the setting, else the country of the number that calls are made from, else none. */
export function allowedCountries(settings: {
  countries?: readonly string[] | undefined;
  fromNumber?: string | undefined;
}): string[] {
  if (settings.countries) return settings.countries.map((country) => country.toUpperCase());
  const own = settings.fromNumber ? parsePhoneNumber(settings.fromNumber) : undefined;
  return own && !('problem' in own) && own.country ? [own.country] : [];
}
