import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { CallError } from '../errors.ts';
import type { Trunk } from './choose-trunk.ts';
import type { SipTrunks } from './trunk-ports.ts';

/**
 * The number that a request wants to be shown, if it may be: the trunk's own, one of those it has in LiveKit, or one of the
 * operator's list. Anything else would be somebody else's.
 * @param trunk As it is without the request
 * @throws CallError `invalid_number`, `invalid_request`, `sip_unavailable`, `livekit_unavailable`
 */
export async function checkFromNumber(
  asked: string,
  deps: { trunk: Trunk; rules: OperatorRules; sipTrunks: Pick<SipTrunks, 'list'> },
): Promise<string> {
  const { trunk, rules, sipTrunks } = deps;
  const number = parsePhoneNumber(asked);
  if ('problem' in number) throw new CallError('invalid_number', number.message, { field: 'from' });
  const from = number.e164;
  if (from === trunk.fromNumber || rules.fromNumbers?.includes(from)) return from;
  const line = (await sipTrunks.list()).find(({ id }) => id === trunk.id);
  if (line?.numbers.includes(from)) return from;
  const numbers = [...new Set([trunk.fromNumber ?? [], line?.numbers ?? [], rules.fromNumbers ?? []].flat())];
  throw new CallError(
    'invalid_request',
    `${from} is not a number of trunk ${trunk.id}. ${numbers.length > 0 ? `Send one of ${numbers.join(', ')}` : 'Leave `from` out'}; the operator may allow others with PARLEY_FROM_NUMBERS.`,
    { field: 'from', details: { numbers } },
  );
}
