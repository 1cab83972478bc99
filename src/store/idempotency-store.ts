import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { IdempotencyClaim, IdempotencyStore } from '../calls/dispatch-ports.ts';
import type { Database, Queries } from './database.ts';
import { idempotencyKeys as keys } from './schema/tenants.ts';

type Claim = Parameters<IdempotencyStore['claim']>[0];

export function idempotencyStore(database: Database): IdempotencyStore {
  return {
    claim: (request) =>
      database.run(async (db) => {
        const resourceId = await tryClaim(db, request);
        if (resourceId !== undefined) return { is: 'claimed', resourceId };
        const [held] = await db.select().from(keys).where(eq(keys.id, request.id));
        // Released between the two statements; its owner was refused, so this request is the first again.
        if (!held) return { is: 'in_flight', retryAfterSeconds: 1 };
        return judge(held, request);
      }),

    async complete(id, response) {
      await database.run((db) => db.update(keys).set({ response }).where(eq(keys.id, id)));
    },

    async release(id) {
      await database.run((db) => db.delete(keys).where(and(eq(keys.id, id), isNull(keys.response))));
    },

    async deleteExpired() {
      await database.run((db) => db.delete(keys).where(lt(keys.expiresAt, sql`now()`)));
    },
  };
}

/** The resource id to go on with. Undefined: the key is held. */
async function tryClaim(db: Queries, request: Claim): Promise<string | undefined> {
  const { lockSeconds, ...columns } = request;
  const expired = sql`${keys.expiresAt} < now()`;
  const [claimed] = await db
    .insert(keys)
    .values({
      ...columns,
      lockedUntil: sql`now() + make_interval(secs => ${lockSeconds})`,
      expiresAt: sql`now() + interval '24 hours'`,
    })
    .onConflictDoUpdate({
      target: keys.id,
      set: {
        requestHash: sql`excluded.request_hash`,
        // What died half-way may have made its call: the id stays, so that it is found rather than made again.
        resourceId: sql`CASE WHEN ${expired} THEN excluded.resource_id ELSE ${keys.resourceId} END`,
        response: null,
        lockedUntil: sql`excluded.locked_until`,
        expiresAt: sql`excluded.expires_at`,
      },
      setWhere: sql`${expired} OR (${keys.response} IS NULL AND ${keys.lockedUntil} < now()
        AND ${keys.requestHash} = excluded.request_hash)`,
    })
    .returning({ resourceId: keys.resourceId });
  return claimed?.resourceId;
}

function judge(held: typeof keys.$inferSelect, request: Claim): IdempotencyClaim {
  if (held.requestHash !== request.requestHash) return { is: 'conflict' };
  if (held.response) return { is: 'answered', response: held.response };
  // Our own claim, whose answer was lost with the connection.
  if (held.resourceId === request.resourceId) return { is: 'claimed', resourceId: held.resourceId };
  const leftMs = held.lockedUntil.getTime() - Date.now();
  return { is: 'in_flight', retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) };
}
