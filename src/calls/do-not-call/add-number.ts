import { parsePhoneNumber } from '../../../telephony/index.ts';
import { CallError } from '../errors.ts';
import type { DoNotCallEntry, DoNotCallList, DoNotCallSource, DoNotCallStore } from './do-not-call-ports.ts';

export const defaultReason = 'asked not to be called';

/**
 * Puts a number on a list: from now on it is not dialled, not by calls that wait already either.
 * @throws CallError `invalid_number`
 */
export async function addNumber(
  added: {
    list: DoNotCallList;
    source: DoNotCallSource;
    phoneNumber: string;
    reason?: string | undefined;
    callId?: string | undefined;
  },
  store: Pick<DoNotCallStore, 'add' | 'find'>,
): Promise<{ entry: DoNotCallEntry; created: boolean }> {
  const { list, source, reason = defaultReason, callId } = added;
  const phoneNumber = readListedNumber(added.phoneNumber);
  const count = await store.add(list, source, [{ phoneNumber, reason, callId }]);
  const entry = await store.find(list === 'operator' ? '' : list.tenantId, phoneNumber);
  if (!entry) throw new Error('A number was put on the do-not-call list and is gone.');
  return { entry, created: count > 0 };
}

/** E.164. @throws CallError `invalid_number` */
export function readListedNumber(text: string): string {
  const number = parsePhoneNumber(text);
  if ('problem' in number) throw new CallError('invalid_number', number.message, { field: 'phone_number' });
  return number.e164;
}

/** @throws CallError `invalid_number`, `number_not_listed` */
export async function removeNumber(
  { list, phoneNumber }: { list: DoNotCallList; phoneNumber: string },
  store: Pick<DoNotCallStore, 'remove'>,
): Promise<void> {
  if (await store.remove(list, readListedNumber(phoneNumber))) return;
  throw new CallError('number_not_listed', 'This number is not on that do-not-call list.', { field: 'phone_number' });
}
