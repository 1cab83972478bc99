import type { DoNotCallStore } from '../calls/do-not-call/do-not-call-ports.ts';
import { openDatabase } from '../store/connection/database.ts';
import { doNotCallStore } from '../store/people/do-not-call-store.ts';
import { tenantStore } from '../store/tenants/tenant-store.ts';
import { defaultTenant } from './endpoints.ts';

/** The do-not-call lists of a database, for the command line. */
export async function withDoNotCall<T>(
  url: string,
  work: (store: DoNotCallStore, defaultTenantId: string) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url, applicationName: 'parley-do-not-call', maxConnections: 1 });
  try {
    await tenantStore(database).ensureTenant(defaultTenant);
    return await work(doNotCallStore(database), defaultTenant.id);
  } finally {
    await database.close();
  }
}
