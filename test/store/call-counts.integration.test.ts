import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client } from 'pg';
import { callStore } from '../../src/store/calls/call-store.ts';
import { countCalls } from '../../src/store/overview/call-counts-store.ts';
import { overviewStore } from '../../src/store/overview/overview-store.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const query = async (sql: string): Promise<Record<string, unknown>[]> => (await store.database.pool.query(sql)).rows;
const countAll = async () => {
  while (await countCalls(store.database));
};

/** Numbers that look random and are the same in every run. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Each view as it is, and as every call, cost line and turn says. */
const pairs = [
  ['call_counts_hourly', 'call_counts', 'hour', `hour >= date_trunc('hour', now()) - interval '8 days'`],
  ['call_counts_daily', 'call_counts', 'day', 'true'],
] as const;

async function differences(): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [view, truth, at, where] of pairs) {
    const summed = (
      from: string,
    ) => `SELECT ${at}::text AS at, tenant_id, direction, agent, pipeline, end_reason, outcome,
      sum(calls) AS calls, sum(open_calls) AS open_calls, sum(answered) AS answered, sum(talked) AS talked,
      trim_scale(sum(talk_seconds)) AS talk_seconds, trim_scale(sum(cost_usd)) AS cost_usd
      FROM analytics.${from} WHERE ${where} GROUP BY 1, 2, 3, 4, 5, 6, 7`;
    found.push(...(await differing(summed(view), summed(truth))));
  }
  const costs = (
    from: string,
  ) => `SELECT day::text, tenant_id, direction, agent, pipeline, component, provider, model, unit,
    price_source, calls, trim_scale(quantity) AS quantity, trim_scale(cost_usd) AS cost_usd FROM analytics.${from}`;
  found.push(...(await differing(costs('costs_daily'), costs('costs_daily_live'))));
  const latency = (
    from: string,
  ) => `SELECT day::text, tenant_id, direction, agent, pipeline, stage, answers, min_ms, p50_ms, p90_ms,
    p95_ms, max_ms FROM analytics.${from}`;
  found.push(...(await differing(latency('agent_latency'), latency('agent_latency_live'))));
  return found;
}

/** Rows that one of them has more often than the other. */
const differing = (one: string, other: string) =>
  query(`(${one} EXCEPT ALL ${other}) UNION ALL (${other} EXCEPT ALL ${one})`);

test.each([1, 2])(
  'after any history of calls, late changes, erasing and counting the sums are those of the calls (%i)',
  async (seed) => {
    const below = chance(seed);
    const pick = <Item>(items: readonly Item[]) => items[below(items.length)]!;
    const calls = callStore(store.database);
    const open: string[] = [];
    const ended: string[] = [];
    const place = async () => {
      const call = aCall({
        tenantId: pick([tenantId, otherTenantId]),
        agent: pick(['a', 'b']),
        direction: pick(['outbound', 'inbound'] as const),
      });
      await calls.insertCall(call, { type: 'call.queued' });
      // Mostly hours that are counted already, or are about to be.
      await query(`UPDATE parley.calls SET created_at = now() - make_interval(mins => ${below(pick([200, 3000, 20_000]))})
        WHERE id = '${call.id}'`);
      open.push(call.id);
    };
    const say = (callId: string) =>
      calls.record(callId, {
        ...(below(2) === 0 && { answeredAt: new Date() }),
        turns: [
          {
            index: below(50),
            role: 'agent',
            text: 'Hello.',
            startedMs: 0,
            endedMs: 1,
            interrupted: false,
            latency: { totalMs: below(3000) },
          },
        ],
        costs: [
          {
            component: pick(['llm', 'tts'] as const),
            provider: 'p',
            model: 'm',
            quantity: below(9),
            unit: 'token',
            usd: `0.${below(9)}`,
            source: 'list',
          },
        ],
      });
    const finish = async () => {
      const [callId] = open.splice(below(open.length), 1);
      await calls.transition({
        callId: callId!,
        to: 'ended',
        patch: {
          outcome: pick(['completed', 'failed', 'busy'] as const),
          endReason: pick(['agent_goodbye', 'llm_failed'] as const),
        },
        event: { type: 'call.ended' },
      });
      ended.push(callId!);
    };
    const remove = async () => {
      const [callId] = ended.splice(below(ended.length), 1);
      await query(`DELETE FROM parley.calls WHERE id = '${callId}'`);
    };
    for (let step = 0; step < 100; step += 1) {
      const what = below(10);
      if (what < 4 || open.length === 0) await place();
      else if (what < 6) await say(pick([...open, ...ended]));
      else if (what < 8) await finish();
      else if (what === 8 && ended.length > 0) await (below(2) ? remove() : calls.eraseCall(pick(ended), tenantId));
      else await countCalls(store.database);
      if (step % 20 === 19) expect(await differences()).toEqual([]);
    }
    await countAll();
    expect(await query('SELECT * FROM parley.stale_hours')).toEqual([]);
    expect((await query("SELECT until > now() - interval '4 hours' AS recent FROM parley.counted_until"))[0]).toEqual({
      recent: true,
    });
    expect(await differences()).toEqual([]);
  },
);

test('what was counted is what is read: a call that is over counts once, and in no hour that is read from the calls', async () => {
  const calls = callStore(store.database);
  const call = aCall();
  await calls.insertCall(call, { type: 'call.queued' });
  await query(`UPDATE parley.calls SET created_at = now() - interval '2 days'`);
  await countAll();
  const counted = `SELECT (SELECT sum(calls)::int FROM parley.call_days) AS days, (SELECT sum(calls)::int FROM parley.call_hours) AS hours`;
  expect(await query(counted)).toEqual([{ days: 1, hours: 1 }]);
  const totals = async (span: 'day' | 'week' | 'month' | 'quarter') =>
    (await overviewStore(store.database).read({ tenantId, span })).totals.calls;
  expect([await totals('day'), await totals('week'), await totals('month'), await totals('quarter')]).toEqual([
    0, 1, 1, 1,
  ]);
});

test('a change that is not committed yet when its hour is counted is counted afterwards', async () => {
  const calls = callStore(store.database);
  const call = aCall();
  await calls.insertCall(call, { type: 'call.queued' });
  await query(`UPDATE parley.calls SET created_at = now() - interval '5 hours'`);
  await countAll();
  const other = new Client({ connectionString: store.url });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(`UPDATE parley.calls SET cost_usd = 3`);
    await query(
      `INSERT INTO parley.stale_hours SELECT tenant_id, date_trunc('hour', created_at, 'UTC') FROM parley.calls`,
    );
    await countAll();
    expect(await differences()).toEqual([]);
    await other.query('COMMIT');
    expect(await differences()).toEqual([]);
    await countAll();
    expect(await differences()).toEqual([]);
    expect(await query('SELECT cost_usd::text FROM parley.call_hours')).toEqual([{ cost_usd: '3' }]);
  } finally {
    await other.end();
  }
});

test('nothing is counted of hours that a transaction under way may still change unseen', async () => {
  const other = new Client({ connectionString: store.url });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT 1');
    await countAll();
    const [row] = await query(`SELECT c.until <= date_trunc('hour', a.xact_start - interval '2 hours') AS held
      FROM parley.counted_until c, pg_stat_activity a
      WHERE a.state = 'idle in transaction' AND a.datname = current_database()`);
    expect(row).toEqual({ held: true });
  } finally {
    await other.end();
  }
});
