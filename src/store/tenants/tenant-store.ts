import { asc } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { TenantStore } from '../../calls/ports.ts';
import type { Database } from '../connection/database.ts';
import { tenants } from '../schema/tenants.ts';

export function tenantStore(database: Database): TenantStore {
  const insert = async (tenant: { id: string; name: string }) => {
    const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
    const added = await database.run((db) =>
      db
        .insert(tenants)
        .values({ ...tenant, webhookSecret })
        .onConflictDoNothing()
        .returning({ id: tenants.id }),
    );
    return added.length > 0;
  };
  return {
    ensureTenant: async (tenant) => void (await insert(tenant)),

    addTenant: insert,

    listTenants: () =>
      database.run((db) =>
        db
          .select({ id: tenants.id, name: tenants.name, createdAt: tenants.createdAt })
          .from(tenants)
          .orderBy(asc(tenants.createdAt), asc(tenants.id)),
      ),
  };
}
