import { parsePhoneNumber } from '../../telephony/index.ts';
import { allowedCountry } from './admission/allowed-country.ts';
import { noPremiumNumber } from './admission/no-premium-number.ts';
import { notOnDoNotCallList } from './admission/not-on-do-not-call-list.ts';
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
  const to = number.e164;
  const refuseIf = (rule: string, objection: ReturnType<typeof noPremiumNumber>) => {
    if (objection && 'refused' in objection)
      throw new CallError('blocked', objection.refused, { field: 'to', details: { rule } });
  };
  refuseIf('premium_number', noPremiumNumber({ to }));
  refuseIf('country', allowedCountry({ to, trunk: deps.rules }));
  const doNotCall = await deps.doNotCall.has(transfer.tenantId, to);
  refuseIf('do_not_call', notOnDoNotCallList({ to, figures: { doNotCall } }));
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
