import { newId } from '../../src/calls/new-id.ts';
import type { NewCall } from '../../src/calls/ports.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { tenantStore } from '../../src/store/tenant-store.ts';
import { freshDatabase } from '../setup/servers.ts';

export const tenantId = 'tenant_a';
export const otherTenantId = 'tenant_b';

/** A migrated database with two tenants. */
export async function openStore(): Promise<{ url: string; database: Database; close: () => Promise<void> }> {
  const fresh = await freshDatabase();
  await migrate({ url: fresh.url });
  const database = openDatabase({ url: fresh.url, maxConnections: 20 });
  const tenants = tenantStore(database);
  await tenants.ensureTenant({ id: tenantId, name: 'A' });
  await tenants.ensureTenant({ id: otherTenantId, name: 'B' });
  const close = async () => {
    await database.close();
    await fresh.close();
  };
  return { url: fresh.url, database, close };
}

export function aCall(overrides: Partial<NewCall> = {}): NewCall {
  return {
    id: newId('call'),
    tenantId,
    direction: 'outbound',
    state: 'queued',
    agent: 'receptionist',
    pipeline: 'embedded',
    phoneNumber: '+15551230000',
    ...overrides,
  };
}
