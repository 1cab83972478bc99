import type { Dial } from '../../src/calls/admission/dispatch-ports.ts';
import type { Call } from '../../src/calls/call.ts';
import { newId } from '../../src/calls/new-id.ts';
import type { NewCall } from '../../src/calls/ports.ts';
import { openDatabase, type Database } from '../../src/store/connection/database.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import { migratedDatabase } from '../setup/servers.ts';

export const tenantId = 'tenant_a';
export const otherTenantId = 'tenant_b';

/** A migrated database with two tenants. */
export async function openStore(): Promise<{ url: string; database: Database; close: () => Promise<void> }> {
  const fresh = await migratedDatabase();
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

/** The dialling of a call's number, to be admitted: a cent a minute, held back for a quarter of an hour. */
export function aDial(
  call: Pick<Call, 'id' | 'tenantId' | 'phoneNumber' | 'trunkId' | 'attempt'>,
  overrides: Partial<Dial> = {},
): Dial {
  return {
    callId: call.id,
    attempt: call.attempt,
    leg: 'callee',
    tenantId: call.tenantId,
    trunkId: call.trunkId ?? 'ST_1',
    phoneNumber: call.phoneNumber ?? '',
    destination: 'Somewhere',
    usdPerMinute: '0.01',
    usdPerCall: '0',
    incrementSeconds: 60,
    reservedUsd: '0.15',
    ...overrides,
  };
}
