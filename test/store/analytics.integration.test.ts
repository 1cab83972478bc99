import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outcomes } from '../../src/calls/call-state.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { migrate } from '../../src/store/migrate.ts';
import { freshDatabase } from '../setup/servers.ts';
import { aCall, openStore, otherTenantId, tenantId } from './open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const query = async (sql: string): Promise<Record<string, unknown>[]> => (await store.database.pool.query(sql)).rows;

const cost = (usd: string, overrides: object = {}) => ({
  component: 'llm' as const,
  provider: 'openrouter-llm',
  model: 'a-model',
  quantity: 100,
  unit: 'token',
  usd,
  source: 'provider' as const,
  ...overrides,
});
const turn = (index: number, totalMs: number) => ({
  index,
  role: 'agent' as const,
  text: 'My name is Sarah Connor.',
  startedMs: 0,
  endedMs: 1,
  interrupted: false,
  latency: { totalMs, sttMs: 100 },
});

const heard = {
  index: 3,
  role: 'caller' as const,
  text: 'Sarah Connor.',
  startedMs: 0,
  endedMs: 1,
  interrupted: false,
  ending: {
    endedBy: 'model' as const,
    silenceMs: 310,
    expected: 'name' as const,
    probability: 0.5,
    noiseFloorDbfs: -62,
    cutOff: true,
    talkedOnMs: 420,
  },
};

const said = (type: string, value: unknown) => ({ type, said: true, value, turn: 1, quote: 'I am Sarah Connor.' });
const aResult = {
  status: 'done',
  by: 'model',
  analyzed_at: '2026-03-01T23:31:10Z',
  fields: {
    caller: said('text', 'Sarah Connor'),
    email: said('json', 'sarah@example.com'),
    party: said('number', 4),
    comes: said('yes_no', true),
    meal: said('choice', 'dinner'),
    day: { type: 'date', said: false, value: null, turn: null, quote: null },
  },
  values: { caller: 'Sarah Connor' },
  summary: 'Sarah Connor called.',
  success: true,
  success_reason: 'Sarah Connor has a table.',
  sentiment: 'positive',
  refused: [],
};

/** Ended calls of one evening that is the next morning in Berlin, one that is open, and one of another tenant. */
async function someCalls() {
  const calls = callStore(store.database);
  const personal = {
    phoneNumber: '+12133734253',
    fromNumber: '+14155550100',
    playbook: 'Ask for Sarah Connor.',
    variables: { name: 'Sarah Connor' },
    metadata: { email: 'sarah@example.com' },
  };
  const place = async (overrides: object, outcome?: (typeof outcomes)[number]) => {
    const { id } = await calls.insertCall(aCall({ ...personal, agent: 'reminder', pipeline: 'cloud', ...overrides }), {
      type: 'call.queued',
    });
    if (outcome)
      await calls.transition({
        callId: id,
        to: 'ended',
        patch: { outcome, endReason: 'caller_hung_up', hungUpBy: 'callee' },
        event: { type: 'call.ended', data: { text: 'Sarah Connor' } },
      });
    await store.database.pool.query(
      `UPDATE parley.calls SET created_at = '2026-03-01T23:30:00Z', dialed_at = '2026-03-01T23:30:01Z',
         answered_at = CASE WHEN outcome = 'completed' THEN '2026-03-01T23:30:05Z'::timestamptz END,
         ended_at = CASE WHEN state = 'ended' THEN '2026-03-01T23:31:05.5Z'::timestamptz END WHERE id = $1`,
      [id],
    );
    return id;
  };
  const first = await place({}, 'completed');
  for (const outcome of outcomes) await place({}, outcome);
  await place({});
  const other = await place({ tenantId: otherTenantId }, 'busy');
  await calls.record(first, {
    turns: [turn(0, 400), turn(1, 600), turn(2, 2000), heard],
    costs: [
      cost('0.0000001'),
      cost('0.25', { lost: true }),
      cost('0.5', { component: 'tts', provider: 'elevenlabs-tts', unit: 'character' }),
    ],
  });
  await calls.record(first, { report: { result: aResult } });
  await calls.record(other, { costs: [cost('7')] });
  return { first };
}

it('each day of a tenant and an agent stands in one row, whose outcomes add up', async () => {
  await someCalls();
  // The zone of the connection changes nothing.
  await store.database.pool.query(
    `ALTER DATABASE ${new URL(store.url).pathname.slice(1)} SET timezone = 'Europe/Berlin'`,
  );
  const rows = await query('SELECT *, day::text AS day_text FROM analytics.calls_daily ORDER BY tenant_id');
  expect(rows).toHaveLength(2);
  const [row] = rows;
  expect(row).toMatchObject({
    day_text: '2026-03-01',
    tenant_id: tenantId,
    tenant_name: 'A',
    direction: 'outbound',
    agent: 'reminder',
    pipeline: 'cloud',
    calls: '13',
    still_open: '1',
    answered: '2',
    completed: '2',
    talk_seconds: '121.000',
    average_talk_seconds: '60.500',
    cost_usd: '0.7500001',
  });
  const sum = outcomes.reduce((total, outcome) => total + Number(row![outcome]), Number(row!['still_open']));
  expect(sum).toBe(Number(row!['calls']));
});

it('the costs of a call stand per model, exact, and add up to its cost', async () => {
  const { first } = await someCalls();
  const rows = await query(`SELECT * FROM analytics.call_costs WHERE call_id = '${first}' ORDER BY component`);
  expect(rows).toMatchObject([
    {
      component: 'llm',
      provider: 'openrouter-llm',
      model: 'a-model',
      unit: 'token',
      quantity: '200',
      cost_usd: '0.2500001',
      lost_usd: '0.25',
    },
    {
      component: 'tts',
      provider: 'elevenlabs-tts',
      unit: 'character',
      quantity: '100',
      cost_usd: '0.5',
      lost_usd: '0',
    },
  ]);
  const wrong = await query(`SELECT call_id FROM analytics.calls LEFT JOIN analytics.call_costs k USING (call_id)
    GROUP BY call_id, calls.cost_usd HAVING coalesce(sum(k.cost_usd), 0) <> calls.cost_usd`);
  expect(wrong).toEqual([]);
});

it('the latency of an agent stands per stage', async () => {
  await someCalls();
  expect(await query('SELECT * FROM analytics.agent_latency ORDER BY stage')).toMatchObject([
    { stage: 'e2e', answers: '3', min_ms: 400, p50_ms: 600, p90_ms: 1720, p95_ms: 1860, max_ms: 2000 },
    { stage: 'stt', answers: '3', p50_ms: 100 },
  ]);
});

it('each turn of a caller stands with how its end was found', async () => {
  const { first } = await someCalls();
  expect(await query('SELECT *, day::text AS day FROM analytics.turn_taking')).toEqual([
    {
      call_id: first,
      turn_index: 3,
      day: '2026-03-01',
      tenant_id: tenantId,
      tenant_name: 'A',
      direction: 'outbound',
      agent: 'reminder',
      pipeline: 'cloud',
      expected: 'name',
      ended_by: 'model',
      silence_ms: 310,
      end_probability: 0.5,
      noise_floor_dbfs: -62,
      cut_off: true,
      talked_on_ms: 420,
    },
  ]);
});

it('a result stands field by field, with values that are nobody’s words, and is gone when it was erased', async () => {
  const { first } = await someCalls();
  const fields =
    'SELECT field, said, number_value, yes_no_value, choice_value FROM analytics.call_results ORDER BY field';
  const none = { number_value: null, yes_no_value: null, choice_value: null };
  expect(await query(fields)).toEqual([
    { field: 'caller', said: true, ...none },
    { field: 'comes', said: true, ...none, yes_no_value: true },
    { field: 'day', said: false, ...none },
    { field: 'email', said: true, ...none },
    { field: 'meal', said: true, ...none, choice_value: 'dinner' },
    { field: 'party', said: true, ...none, number_value: '4' },
  ]);
  const verdicts = 'SELECT call_id, success, sentiment, filled_by, refused_fields FROM analytics.call_verdicts';
  expect(await query(verdicts)).toEqual([
    { call_id: first, success: true, sentiment: 'positive', filled_by: 'model', refused_fields: 0 },
  ]);
  await callStore(store.database).eraseCall(first, tenantId);
  expect([await query(fields), await query(verdicts)]).toEqual([[], []]);
});

it('nothing about a person is in it, and of a number only its ends', async () => {
  const { first } = await someCalls();
  const views = await viewNames();
  expect(views).toEqual([
    'agent_latency',
    'agent_latency_live',
    'call_costs',
    'call_counts',
    'call_counts_daily',
    'call_counts_hourly',
    'call_results',
    'call_verdicts',
    'calls',
    'calls_daily',
    'costs_daily',
    'costs_daily_live',
    'turn_taking',
    'uncounted_days',
  ]);
  for (const view of views) {
    const text = JSON.stringify(await query(`SELECT * FROM analytics.${view}`));
    expect([view, /sarah|connor|2133734253|33734|4155550100|example\.com/i.exec(text)?.[0]]).toEqual([view, undefined]);
  }
  const number = `SELECT phone_number_masked AS number FROM analytics.calls WHERE call_id = '${first}'`;
  expect(await query(number)).toEqual([{ number: '+12*******53' }]);
  await callStore(store.database).eraseCall(first, tenantId);
  expect(await query(number)).toEqual([{ number: null }]);
});

it('a role that was given the schema reads the views and nothing behind them; the keys of browsers read nothing', async () => {
  const fresh = await freshDatabase();
  const admin = new Client({ connectionString: fresh.url });
  await admin.connect();
  try {
    // As Supabase has it: whatever is made, anywhere, is granted to the roles of its API.
    for (const role of ['anon', 'authenticated', 'a_dashboard'])
      await admin.query(
        `DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      );
    await admin.query('ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated');
    await migrate({ url: fresh.url });
    const grants = /```sql\nCREATE ROLE metabase.*\n((?:.*\n)*?)```/.exec(
      readFileSync('docs/analytics.md', 'utf8'),
    )![1]!;
    await admin.query(grants.replaceAll('metabase', 'a_dashboard'));
    const views = await viewNames();
    for (const role of ['anon', 'authenticated']) {
      await admin.query(`SET ROLE ${role}`);
      for (const view of views)
        await expect(admin.query(`SELECT * FROM analytics.${view}`)).rejects.toThrow('permission denied for schema');
      await admin.query('RESET ROLE');
      // Even with the schema exposed and granted, as the manual of its API tells people to do, the views are not.
      await admin.query(`GRANT USAGE ON SCHEMA analytics TO ${role}`);
      await admin.query(`SET ROLE ${role}`);
      for (const view of views)
        await expect(admin.query(`SELECT * FROM analytics.${view}`)).rejects.toThrow('permission denied for view');
      await admin.query('RESET ROLE');
    }
    await admin.query('SET ROLE a_dashboard');
    for (const view of views) await admin.query(`SELECT * FROM analytics.${view}`);
    for (const table of ['calls', 'call_turns', 'tenants'])
      await expect(admin.query(`SELECT * FROM parley.${table}`)).rejects.toThrow('permission denied');
  } finally {
    await admin.end();
    await fresh.close();
  }
});

it('every question of docs/analytics.md has an answer', async () => {
  await someCalls();
  const [, questions = ''] = readFileSync('docs/analytics.md', 'utf8').split('## Questions');
  const asked = [...questions.matchAll(/```sql\n((?:.*\n)*?)```/g)].map(([, sql]) => sql!);
  expect(asked).toHaveLength(12);
  for (const sql of asked) await query(sql);
  expect(await query(asked.find((sql) => sql.includes('usd_per_minute'))!)).toMatchObject([
    { pipeline: 'cloud', usd_per_minute: '3.8430' },
  ]);
});

async function viewNames(): Promise<string[]> {
  const rows = await query(
    `SELECT table_name AS name FROM information_schema.views WHERE table_schema = 'analytics' ORDER BY 1`,
  );
  return rows.map(({ name }) => String(name));
}
