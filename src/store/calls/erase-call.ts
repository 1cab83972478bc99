import { and, eq, sql } from 'drizzle-orm';
import type { Queries } from '../connection/database.ts';
import { figuresOfReport } from './figures-of-report.ts';
import { calls } from '../schema/calls.ts';

/** In one transaction. Undefined: no such call of the tenant, or it has not ended. */
export function eraseCallRow(queries: Queries, which: { id: string; tenantId: string }) {
  return queries.transaction(async (db) => {
    const [call] = await db
      .select({ report: calls.report })
      .from(calls)
      .where(and(eq(calls.id, which.id), eq(calls.tenantId, which.tenantId), eq(calls.state, 'ended')))
      .for('update');
    if (!call) return undefined;
    const erased = db.$with('erased').as(
      db
        .update(calls)
        .set({
          phoneNumber: null,
          fromNumber: null,
          room: null,
          leadId: null,
          playbook: null,
          variables: {},
          metadata: {},
          plan: {},
          report: call.report && figuresOfReport(call.report),
          erasedAt: sql`coalesce(erased_at, now())`,
        })
        .where(eq(calls.id, which.id))
        .returning(),
    );
    const writes = { call_id: sql<string>`call_id`.as('call_id') };
    const turns = db.$with('turns', writes).as(sql`
      UPDATE parley.call_turns t SET text = '' FROM erased WHERE t.call_id = erased.id RETURNING t.call_id`);
    const events = db.$with('events', writes).as(sql`
      UPDATE parley.call_events e SET data = '{}' FROM erased WHERE e.call_id = erased.id RETURNING e.call_id`);
    const attempts = db.$with('attempts', writes).as(sql`
      UPDATE parley.call_attempts a SET phone_number = NULL FROM erased WHERE a.call_id = erased.id RETURNING a.call_id`);
    const messages = db.$with('messages', writes).as(sql`
      DELETE FROM parley.call_messages m USING erased WHERE m.call_id = erased.id RETURNING m.call_id`);
    const tools = db.$with('tools', writes).as(sql`
      UPDATE parley.call_tool_runs r SET arguments = '{}', outcome = NULL FROM erased WHERE r.call_id = erased.id RETURNING r.call_id`);
    // Their addresses may name a person, and there is nothing left to be sent.
    const endpoints = db.$with('endpoints', writes).as(sql`
      DELETE FROM parley.webhook_endpoints w USING erased WHERE w.call_id = erased.id RETURNING w.call_id`);
    const recordings = db.$with('recordings', writes).as(sql`
      UPDATE parley.recordings r SET unwanted_at = now() FROM erased
      WHERE r.call_id = erased.id AND r.unwanted_at IS NULL RETURNING r.call_id`);
    const [row] = await db
      .with(erased, turns, events, attempts, messages, tools, endpoints, recordings)
      .select()
      .from(erased);
    return row;
  });
}
