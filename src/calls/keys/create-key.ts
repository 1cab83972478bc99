import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../new-id.ts';
import type { ApiKey, KeyScope, KeyStore } from '../ports.ts';
import type { BrowserBounds } from './browser-bounds.ts';

/** How a key is stored and looked up: lowercase hex SHA-256. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

export type NewKey = {
  tenantId: string;
  name: string;
  scopes: KeyScope[];
  /** Refused from then on. */
  expiresAt?: Date | null;
  browser?: BrowserBounds | null;
};

/** Makes a key. `key` is told this once; only its hash is kept. */
export async function createKey(request: NewKey, keys: KeyStore): Promise<{ key: string; apiKey: ApiKey }> {
  const key = `${request.browser ? 'parley_web' : 'parley'}_${randomBytes(24).toString('base64url')}`;
  return { key, apiKey: await ensureKey({ ...request, key }, keys) };
}

/** Stores a key that was chosen elsewhere (AGENTS_API_KEY, the development key of `up`). Idempotent. */
export async function ensureKey(request: NewKey & { key: string }, keys: KeyStore): Promise<ApiKey> {
  const { key, expiresAt = null, browser = null, ...rest } = request;
  const hash = hashKey(key);
  const known = await keys.findKeyByHash(hash);
  return (
    known ??
    keys.insertKey({ id: newId('key'), prefix: key.slice(0, browser ? 14 : 10), hash, expiresAt, browser, ...rest })
  );
}
