import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { newId } from '../../calls/new-id.ts';
import type { LeadStore, LeadUpsert } from '../../calls/ports.ts';
import { beforeCursor, toPage } from '../connection/cursor.ts';
import type { Database } from '../connection/database.ts';
import { leads } from '../schema/leads.ts';

export function leadStore(database: Database): LeadStore {
  return {
    /** One statement. An address given several times counts once, its later mentions on top of the earlier. */
    async upsertLeads(tenantId, upserts) {
      if (upserts.length === 0) return [];
      const input = mergeByEmail(upserts);
      const written = await database.run((db) => {
        const given = db
          .$with('given', { rows: sql<unknown>`rows`.as('rows') })
          .as(sql`SELECT ${JSON.stringify(input)}::jsonb AS rows`);
        /** What the update sets: the new value where one was given, else what is stored. */
        const kept = (field: 'name' | 'phoneNumber' | 'company') => {
          const column = sql.identifier(leads[field].name);
          return sql`CASE WHEN (SELECT rows FROM given) -> excluded.email ? ${sql.raw(`'${field}'`)}
            THEN excluded.${column} ELSE ${leads[field]} END`;
        };
        return db
          .with(given)
          .insert(leads)
          .select(
            sql`SELECT l.value->>'id', ${tenantId}, l.key, l.value->>'name', l.value->>'phoneNumber', l.value->>'company',
                coalesce(l.value->'data', '{}'), now(), now()
              FROM given, jsonb_each(given.rows) AS l ORDER BY l.key`,
          )
          .onConflictDoUpdate({
            target: [leads.tenantId, leads.email],
            set: {
              name: kept('name'),
              phoneNumber: kept('phoneNumber'),
              company: kept('company'),
              data: sql`${leads.data} || excluded.data`,
              updatedAt: sql`now()`,
            },
          })
          .returning({ ...getTableColumns(leads), created: sql<boolean>`${leads}.xmax = 0` });
      });
      const byEmail = new Map(written.map(({ created, ...lead }) => [lead.email, { lead, created }]));
      return upserts.flatMap((upsert) => byEmail.get(upsert.email.toLowerCase()) ?? []);
    },

    async findLead(id, tenantId) {
      const [row] = await database.run((db) =>
        db
          .select()
          .from(leads)
          .where(and(eq(leads.id, id), eq(leads.tenantId, tenantId))),
      );
      return row ?? null;
    },

    async deleteLead(id, tenantId) {
      const deleted = await database.run((db) =>
        db
          .delete(leads)
          .where(and(eq(leads.id, id), eq(leads.tenantId, tenantId)))
          .returning({ id: leads.id }),
      );
      return deleted.length > 0;
    },

    async listLeads({ tenantId, email, cursor, limit }) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(leads)
          .where(
            and(
              eq(leads.tenantId, tenantId),
              email === undefined ? undefined : eq(leads.email, email.toLowerCase()),
              beforeCursor({ createdAt: leads.createdAt, id: leads.id }, cursor),
            ),
          )
          .orderBy(desc(leads.createdAt), desc(leads.id))
          .limit(limit + 1),
      );
      const { page, nextCursor } = toPage(rows, limit);
      return { leads: page, nextCursor };
    },
  };
}

function mergeByEmail(upserts: LeadUpsert[]): Record<string, object> {
  const merged = new Map<string, LeadUpsert & { id: string }>();
  for (const upsert of upserts) {
    const email = upsert.email.toLowerCase();
    const before = merged.get(email) ?? { id: newId('lead') };
    const data = { ...('data' in before ? before.data : {}), ...upsert.data };
    merged.set(email, { ...before, ...upsert, email, data });
  }
  return Object.fromEntries(merged);
}
