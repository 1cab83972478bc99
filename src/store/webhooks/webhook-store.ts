import { randomBytes } from 'node:crypto';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { newId } from '../../calls/new-id.ts';
import type { WebhookStore } from '../../calls/webhooks/webhook-ports.ts';
import type { Database, Queries } from '../connection/database.ts';
import { tenants } from '../schema/tenants.ts';
import { webhookDeliveries as deliveries, webhookEndpoints as endpoints } from '../schema/webhooks.ts';
import { toEndpoint } from './webhook-row.ts';

/** The endpoints of tenants. What is sent to them is in `delivery-store.ts`. */
export function webhookStore(database: Database): WebhookStore {
  /** A single call's endpoints are not the tenant's to change. */
  const ofTenant = (id: string, tenantId: string) =>
    and(eq(endpoints.id, id), eq(endpoints.tenantId, tenantId), isNull(endpoints.callId));

  return {
    async insertEndpoint(endpoint) {
      const values = { id: newId('webhook'), ...endpoint, secret: newSecret() };
      const [row] = await database.run((db) =>
        db
          .insert(endpoints)
          .values(values)
          // Changes nothing: a repetition after a lost connection answers the row.
          .onConflictDoUpdate({ target: endpoints.id, set: { id: values.id } })
          .returning(),
      );
      if (!row) throw new Error('The webhook endpoint was not inserted.');
      return toEndpoint(row);
    },

    async listEndpoints(tenantId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(endpoints)
          .where(and(eq(endpoints.tenantId, tenantId), isNull(endpoints.callId)))
          .orderBy(asc(endpoints.createdAt), asc(endpoints.id)),
      );
      return rows.map(toEndpoint);
    },

    async findEndpoint(id, tenantId) {
      const [row] = await database.run((db) => db.select().from(endpoints).where(ofTenant(id, tenantId)));
      return row ? toEndpoint(row) : null;
    },

    async updateEndpoint(id, tenantId, { url, events, agent, enabled }) {
      const [row] = await database.run((db) =>
        db
          .update(endpoints)
          .set({
            // An update has to set something, even when nothing is to change.
            id,
            ...(url !== undefined && { url }),
            ...(events !== undefined && { events }),
            ...(agent !== undefined && { agent }),
            ...(enabled === true && { disabledAt: null, disabledReason: null }),
            ...(enabled === false && { disabledAt: sql`now()`, disabledReason: 'Disabled by the operator.' }),
          })
          .where(ofTenant(id, tenantId))
          .returning(),
      );
      return row ? toEndpoint(row) : null;
    },

    async deleteEndpoint(id, tenantId) {
      const removed = await database.run((db) => db.delete(endpoints).where(ofTenant(id, tenantId)).returning());
      return removed.length > 0;
    },

    async rotateSecret(id, tenantId, overlapSeconds) {
      const secret = newSecret();
      const [row] = await database.run((db) =>
        db
          .update(endpoints)
          .set({
            secret,
            // Repeated after a lost connection, the secret before is still the one before.
            previousSecret: sql`CASE WHEN ${endpoints.secret} = ${secret} THEN ${endpoints.previousSecret} ELSE ${endpoints.secret} END`,
            previousSecretUntil: sql`now() + make_interval(secs => ${overlapSeconds})`,
          })
          .where(ofTenant(id, tenantId))
          .returning(),
      );
      return row ? toEndpoint(row) : null;
    },

    async callSecret(tenantId) {
      const [row] = await database.run((db) =>
        db.select({ secret: tenants.webhookSecret }).from(tenants).where(eq(tenants.id, tenantId)),
      );
      if (!row) throw new Error(`There is no tenant ${tenantId}.`);
      return row.secret;
    },

    async disableEndpoint(id, reason) {
      await database.run((db) => disable(db, { id, reason }));
    },
  };
}

async function disable(db: Queries, { id, reason }: { id: string; reason: string }): Promise<void> {
  const given = db.$with('given_up').as(
    db
      .update(deliveries)
      .set({ state: 'dead', lockedUntil: null, lastError: reason })
      .where(and(eq(deliveries.endpointId, id), eq(deliveries.state, 'pending')))
      .returning({ id: deliveries.id }),
  );
  await db
    .with(given)
    .update(endpoints)
    .set({ disabledAt: sql`now()`, disabledReason: reason })
    .where(eq(endpoints.id, id));
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
