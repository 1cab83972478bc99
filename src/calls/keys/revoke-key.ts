import { CallError } from '../errors.ts';
import type { ApiKey, KeyStore } from '../ports.ts';

/** @throws CallError `key_not_found`, also for a key of another tenant */
export async function revokeKey(which: { id: string; tenantId: string }, keys: KeyStore): Promise<ApiKey> {
  const revoked = await keys.revokeKey(which.id, which.tenantId);
  if (revoked) return revoked;
  throw new CallError('key_not_found', 'There is no such key. GET /api/keys lists them.', { field: 'id' });
}
