import { CallError } from '../errors.ts';
import { type ApiKey, type KeyStore, keyScopes, type TenantStore } from '../ports.ts';
import { createKey } from './create-key.ts';

/**
 * Adds a tenant with its first key, which may do everything in it. `key` is told this once.
 * @throws CallError `tenant_exists`
 */
export async function addTenant(
  tenant: { id: string; name: string },
  { tenants, keys }: { tenants: TenantStore; keys: KeyStore },
): Promise<{ key: string; apiKey: ApiKey }> {
  if (!(await tenants.addTenant(tenant)))
    throw new CallError('tenant_exists', `There is a tenant ${tenant.id}. Choose another id.`, { field: 'tenant_id' });
  return createKey({ tenantId: tenant.id, name: 'first key', scopes: [...keyScopes] }, keys);
}

/** What a tenant may be called in addresses and settings. */
export const tenantIdPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
