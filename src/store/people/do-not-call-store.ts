import { and, desc, eq, isNull, or, sql } from 'drizzle-orm';
import type { DoNotCallEntry, DoNotCallList, DoNotCallStore } from '../../calls/do-not-call/do-not-call-ports.ts';
import { newId } from '../../calls/new-id.ts';
import { beforeCursor, toPage } from '../connection/cursor.ts';
import type { Database } from '../connection/database.ts';
import { doNotCall } from '../schema/leads.ts';
import { storableJson } from '../connection/storable.ts';

const tenantOf = (list: DoNotCallList) => (list === 'operator' ? null : list.tenantId);
const onList = (list: DoNotCallList) =>
  list === 'operator' ? isNull(doNotCall.tenantId) : eq(doNotCall.tenantId, list.tenantId);
const hashOf = (phoneNumber: string) => sql`parley.number_hash(${phoneNumber})`;

export function doNotCallStore(database: Database): DoNotCallStore {
  return {
    async add(list, source, additions) {
      if (additions.length === 0) return 0;
      const first = new Map(additions.toReversed().map((each) => [each.phoneNumber, each]));
      const given = [...first.values()].map(({ phoneNumber, reason, callId = null }) => ({
        id: newId('dnc'),
        phone_number: phoneNumber,
        reason,
        call_id: callId,
      }));
      const { rows } = await database.run((db) =>
        // Whoever is erased and asks again not to be called has their number back on the list.
        db.execute<{ added: boolean }>(sql`
          INSERT INTO parley.do_not_call AS d (id, tenant_id, number_hash, phone_number, reason, source, call_id)
          SELECT g.id, ${tenantOf(list)}, parley.number_hash(g.phone_number), g.phone_number, g.reason, ${source}, g.call_id
          FROM jsonb_to_recordset(${storableJson(given)}::jsonb) AS g(id text, phone_number text, reason text, call_id text)
          ON CONFLICT (coalesce(tenant_id, ''), number_hash) DO UPDATE SET phone_number = excluded.phone_number
          RETURNING xmax = 0 AS added`),
      );
      return rows.filter(({ added }) => added).length;
    },

    async remove(list, phoneNumber) {
      const removed = await database.run((db) =>
        db
          .delete(doNotCall)
          .where(and(onList(list), eq(doNotCall.numberHash, hashOf(phoneNumber))))
          .returning({ id: doNotCall.id }),
      );
      return removed.length > 0;
    },

    async find(tenantId, phoneNumber) {
      const [row] = await database.run((db) =>
        db
          .select()
          .from(doNotCall)
          .where(
            and(
              eq(doNotCall.numberHash, hashOf(phoneNumber)),
              or(eq(doNotCall.tenantId, tenantId), isNull(doNotCall.tenantId)),
            ),
          )
          .orderBy(sql`${doNotCall.tenantId} NULLS LAST`)
          .limit(1),
      );
      return row ? toEntry(row) : null;
    },

    async list({ list, cursor, limit }) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(doNotCall)
          .where(and(onList(list), beforeCursor({ createdAt: doNotCall.createdAt, id: doNotCall.id }, cursor)))
          .orderBy(desc(doNotCall.createdAt), desc(doNotCall.id))
          .limit(limit + 1),
      );
      const { page, nextCursor } = toPage(rows, limit);
      return { entries: page.map(toEntry), nextCursor };
    },
  };
}

function toEntry(row: typeof doNotCall.$inferSelect): DoNotCallEntry {
  const { id, tenantId, phoneNumber, reason, source, callId, createdAt } = row;
  return { id, list: tenantId === null ? 'operator' : 'tenant', phoneNumber, reason, source, callId, createdAt };
}
