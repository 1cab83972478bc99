import { Client } from 'pg';
import type { CallQuery } from '../../src/calls/ports.ts';

export const tenantId = 'tenant_big';
const days = 90;

/** What the generated calls have, and how many of them. */
export const common = { agent: 'agent-1', trunkId: 'ST_1', metadata: { source: 'import' } } as const;
export const rare = { agent: 'agent-rare', trunkId: 'ST_rare', metadata: { order: '77' } } as const;
export const phoneNumber = '+15550000077';

/**
 * Calls of the last 90 days: nine of ten of one tenant, half of them answered, with three answers, as many utterances and three cost
 * lines each. What makes a call's row says so by its number, so every run has the same ones.
 */
export async function generateCalls(url: string, calls: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Bulk loading: neither triggers nor foreign keys are the subject.
    await client.query(`SET session_replication_role = replica`);
    await client.query(`SET synchronous_commit = off`);
    await client.query(`INSERT INTO parley.tenants (id, name, webhook_secret)
      SELECT 'tenant_' || n, 'Tenant ' || n, 'whsec_x' FROM unnest(ARRAY['big', '1', '2', '3']) AS n`);
    await client.query(
      `INSERT INTO parley.leads (id, tenant_id, email) VALUES ('lead_77', '${tenantId}', 'lead@example.invalid')`,
    );
    await client.query(
      `INSERT INTO parley.calls (id, tenant_id, direction, state, agent, pipeline, phone_number, trunk_id, lead_id, metadata, outcome, end_reason,
         created_at, state_since, dialed_at, answered_at, ended_at, cost_usd, report)
       SELECT 'call_' || lpad(n::text, 12, '0'),
         CASE WHEN n % 10 = 0 THEN 'tenant_' || 1 + n / 10 % 3 ELSE '${tenantId}' END,
         CASE WHEN n % 7 = 0 THEN 'inbound' WHEN n % 11 = 0 THEN 'web' ELSE 'outbound' END,
         CASE WHEN n > $1 - 20 THEN 'in_progress' ELSE 'ended' END,
         CASE WHEN n % 20011 = 1 THEN '${rare.agent}' ELSE 'agent-' || n % 6 END,
         CASE WHEN n % 2 = 0 THEN 'cloud' ELSE 'lan' END,
         '+1555' || lpad((n % 200000)::text, 7, '0'),
         CASE WHEN n % 20011 = 1 THEN '${rare.trunkId}' ELSE 'ST_' || n % 3 END,
         CASE WHEN n % 50021 = 1 THEN 'lead_77' END,
         CASE WHEN n % 20011 = 1 THEN '${JSON.stringify(rare.metadata)}' WHEN n % 3 = 0 THEN '${JSON.stringify(common.metadata)}' ELSE '{}' END::jsonb,
         CASE WHEN n > $1 - 20 THEN NULL WHEN n % 20011 = 2 THEN 'unknown' WHEN n % 2 = 0 THEN 'completed'
           WHEN n % 13 = 0 THEN 'failed' WHEN n % 3 = 0 THEN 'busy' ELSE 'no_answer' END,
         CASE WHEN n > $1 - 20 THEN NULL WHEN n % 20011 = 2 THEN 'lost' WHEN n % 2 = 0 THEN CASE WHEN n % 4 = 0 THEN 'agent_goodbye' ELSE 'caller_hung_up' END
           WHEN n % 13 = 0 THEN 'llm_failed' WHEN n % 3 = 0 THEN 'busy' ELSE 'no_answer' END,
         at, at + interval '3 minutes', at + interval '1 second', CASE WHEN n % 2 = 0 THEN at + interval '9 seconds' END,
         CASE WHEN n <= $1 - 20 THEN at + interval '3 minutes' END, 0.01 * (n % 9),
         CASE WHEN n % 2 = 0 THEN '{"result": {"status": "done", "by": "model", "success": true, "sentiment": "neutral", "refused": [], "fields": {"party": {"type": "number", "said": true, "value": 4}}}}'::jsonb END
       FROM (SELECT n, now() - interval '${days} days' * (1 - n::float8 / $1) AS at FROM generate_series(1, $1::int) AS n) AS g`,
      [calls],
    );
    await client.query(`INSERT INTO parley.call_turns (call_id, index, role, text, started_ms, ended_ms, interrupted, end_of_turn_ms, stt_ms,
        llm_first_token_ms, tts_first_audio_ms, total_ms, ended_by, silence_ms, expected, end_probability, noise_floor_dbfs, cut_off)
      SELECT c.id, i, CASE WHEN i % 2 = 0 THEN 'agent' ELSE 'caller' END, 'We are open from nine to five.', i * 4000, i * 4000 + 3000, false,
        CASE WHEN i % 2 = 0 THEN 200 + h % 300 END, CASE WHEN i % 2 = 0 THEN 80 + h % 90 END, CASE WHEN i % 2 = 0 THEN 300 + h % 700 END,
        CASE WHEN i % 2 = 0 THEN 90 + h % 100 END, CASE WHEN i % 2 = 0 THEN 600 + h % 1500 END,
        CASE WHEN i % 2 = 1 THEN 'model' END, CASE WHEN i % 2 = 1 THEN 200 + h % 900 END, CASE WHEN i % 2 = 1 THEN 'open' END,
        0.7, -50 - h % 30, h % 19 = 0
      FROM (SELECT id, abs(hashtext(id)) AS hash FROM parley.calls WHERE answered_at IS NOT NULL) AS c,
        generate_series(0, 5) AS i, LATERAL (SELECT (c.hash / (i + 1)) % 100000 AS h) AS r`);
    await client.query(`INSERT INTO parley.call_costs (call_id, component, provider, model, quantity, unit, usd, source, at, change_id)
      SELECT c.id, k.component, k.provider, 'a-model', 100, k.unit, 0.003, 'list', c.created_at, gen_random_uuid()
      FROM parley.calls c, (VALUES ('stt', 'deepgram-stt', 'second'), ('llm', 'openrouter-llm', 'token'), ('tts', 'elevenlabs-tts', 'character'))
        AS k (component, provider, unit) WHERE c.answered_at IS NOT NULL`);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** Every filter of the list of calls alone, with a value that many calls have and one that few have, and some together. */
export function listQueries(now: Date): Record<string, Omit<CallQuery, 'tenantId' | 'limit'>> {
  const daysAgo = (count: number) => new Date(now.getTime() - count * 86_400_000);
  return {
    all: {},
    running: { states: ['in_progress'] },
    waiting: { states: ['queued', 'scheduled'] },
    ended: { states: ['ended'] },
    agent: { agent: common.agent },
    rare_agent: { agent: rare.agent },
    phone: { phoneNumber },
    lead: { leadId: 'lead_77' },
    outcome: { outcome: 'completed' },
    rare_outcome: { outcome: 'unknown' },
    no_outcome: { outcome: 'machine' },
    end_reason: { endReason: 'llm_failed' },
    inbound: { direction: 'inbound' },
    outbound: { direction: 'outbound' },
    trunk: { trunkId: common.trunkId },
    rare_trunk: { trunkId: rare.trunkId },
    metadata: { metadata: common.metadata },
    rare_metadata: { metadata: rare.metadata },
    no_metadata: { metadata: { nobody: 'has this' } },
    since: { createdAfter: daysAgo(7) },
    between: { createdAfter: daysAgo(60), createdBefore: daysAgo(59) },
    agent_and_outcome: { agent: common.agent, outcome: 'failed' },
    agent_and_none: { agent: common.agent, outcome: 'machine' },
    rare_and_common: { agent: rare.agent, outcome: 'completed', direction: 'outbound' },
    trunk_and_metadata: { trunkId: rare.trunkId, metadata: common.metadata },
  };
}
