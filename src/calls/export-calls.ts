import type { Call } from './call.ts';
import { csvLine } from './csv-line.ts';
import type { CallQuery, CallStore } from './ports.ts';

const columns: Record<string, (call: Call) => string | number | Date | null | undefined> = {
  call_id: ({ id }) => id,
  created_at: ({ createdAt }) => createdAt,
  direction: ({ direction }) => direction,
  agent: ({ agent }) => agent,
  pipeline: ({ pipeline }) => pipeline,
  phone_number: ({ phoneNumber }) => phoneNumber,
  from_number: ({ fromNumber }) => fromNumber,
  lead_id: ({ leadId }) => leadId,
  status: ({ state }) => state,
  outcome: ({ outcome }) => outcome,
  end_reason: ({ endReason }) => endReason,
  hung_up_by: ({ hungUpBy }) => hungUpBy,
  attempt: ({ attempt }) => attempt,
  answered_at: ({ answeredAt }) => answeredAt,
  ended_at: ({ endedAt }) => endedAt,
  duration_ms: ({ answeredAt, endedAt }) => (answeredAt && endedAt ? endedAt.getTime() - answeredAt.getTime() : null),
  cost_usd: ({ costUsd }) => costUsd,
};

/** All calls that the query finds, as CSV with a header line, page by page. */
export async function* exportCalls(
  query: CallQuery,
  store: Pick<CallStore, 'listCalls'>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(Object.keys(columns));
  for (let cursor = query.cursor, more = true; more;) {
    const page = await store.listCalls({ ...query, ...(cursor !== undefined && { cursor }) });
    yield page.calls.map(line).join('');
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
}

function line(call: Call): string {
  return csvLine(
    Object.values(columns).map((read) => {
      const value = read(call);
      return value instanceof Date ? value.toISOString() : String(value ?? '');
    }),
  );
}
