import { randomBytes } from 'node:crypto';
import type { TenantStore } from '../calls/ports.ts';
import type { Database } from './database.ts';
import { tenants } from './schema/tenants.ts';

export function tenantStore(database: Database): TenantStore {
  return {
    async ensureTenant(tenant) {
      const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
      await database.run((db) =>
        db
          .insert(tenants)
          .values({ ...tenant, webhookSecret })
          .onConflictDoNothing(),
      );
    },
  };
}
