import { sql } from 'drizzle-orm';
import { and, eq } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { calls } from './schema/calls.ts';

/** The report without its texts: what was said, sent or noted about a person goes, the figures stay. */
const figuresOfReport = sql`report - ARRAY['transcript', 'metadata', 'variables', 'tool_calls', 'summary', 'to', 'from', 'lead', 'phone_number']`;

/** One statement. Undefined: no such call of the tenant, or it has not ended. */
export async function eraseCallRow(db: Queries, call: { id: string; tenantId: string }) {
  const none = { call_id: sql<string>`call_id`.as('call_id') };
  const erased = db.$with('erased').as(
    db
      .update(calls)
      .set({
        phoneNumber: null,
        fromNumber: null,
        leadId: null,
        playbook: null,
        variables: {},
        metadata: {},
        plan: {},
        report: figuresOfReport,
        erasedAt: sql`coalesce(erased_at, now())`,
      })
      .where(and(eq(calls.id, call.id), eq(calls.tenantId, call.tenantId), eq(calls.state, 'ended')))
      .returning(),
  );
  const turns = db.$with('turns', none).as(sql`
    UPDATE parley.call_turns t SET text = '' FROM erased WHERE t.call_id = erased.id RETURNING t.call_id`);
  const events = db.$with('events', none).as(sql`
    UPDATE parley.call_events e SET data = '{}' FROM erased WHERE e.call_id = erased.id RETURNING e.call_id`);
  const attempts = db.$with('attempts', none).as(sql`
    UPDATE parley.call_attempts a SET phone_number = NULL FROM erased WHERE a.call_id = erased.id RETURNING a.call_id`);
  const messages = db.$with('messages', none).as(sql`
    DELETE FROM parley.call_messages m USING erased WHERE m.call_id = erased.id RETURNING m.call_id`);
  const endpoints = db.$with('endpoints', none).as(sql`
    DELETE FROM parley.webhook_endpoints w USING erased WHERE w.call_id = erased.id RETURNING w.call_id`);
  const [row] = await db.with(erased, turns, events, attempts, messages, endpoints).select().from(erased);
  return row;
}
