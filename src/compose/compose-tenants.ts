import type { KeyStore, TenantStore } from '../calls/ports.ts';
import { openDatabase } from '../store/connection/database.ts';
import { keyStore } from '../store/tenants/key-store.ts';
import { tenantStore } from '../store/tenants/tenant-store.ts';

/** The tenants of a database and their keys, for the command line. */
export async function withTenants<T>(
  url: string,
  work: (stores: { tenants: TenantStore; keys: KeyStore }) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url, applicationName: 'parley-tenant', maxConnections: 1 });
  try {
    return await work({ tenants: tenantStore(database), keys: keyStore(database) });
  } finally {
    await database.close();
  }
}
