import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../new-id.ts';
import type { ApiKey, KeyScope, KeyStore } from '../ports.ts';

/** How a key is stored and looked up: lowercase hex SHA-256. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Makes a key. `key` is told this once; only its hash is kept. */
export async function createKey(
  request: { tenantId: string; name: string; scopes: KeyScope[] },
  keys: KeyStore,
): Promise<{ key: string; apiKey: ApiKey }> {
  const key = `parley_${randomBytes(24).toString('base64url')}`;
  return { key, apiKey: await ensureKey({ ...request, key }, keys) };
}

/** Stores a key that was chosen elsewhere (AGENTS_API_KEY, the development key of `up`). Idempotent. */
export async function ensureKey(
  request: { tenantId: string; name: string; scopes: KeyScope[]; key: string },
  keys: KeyStore,
): Promise<ApiKey> {
  const { key, ...rest } = request;
  const hash = hashKey(key);
  const known = await keys.findKeyByHash(hash);
  return known ?? keys.insertKey({ id: newId('key'), prefix: key.slice(0, 10), hash, ...rest });
}
