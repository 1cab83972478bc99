-- What a dashboard reads: flat typed columns, UTC, money as numeric USD, no words, names or metadata of anybody, and of a phone
-- number three characters at the front and two at the end. The views read with the rights of their owner, so a role needs nothing
-- but the schema; nobody has it until the operator grants it.
CREATE SCHEMA IF NOT EXISTS analytics;
--> statement-breakpoint
CREATE VIEW analytics.calls WITH (security_barrier) AS
SELECT
  c.id AS call_id,
  (c.created_at AT TIME ZONE 'UTC')::date AS day,
  c.tenant_id,
  t.name AS tenant_name,
  c.direction,
  c.agent,
  c.pipeline,
  c.state,
  c.outcome,
  c.end_reason,
  c.hung_up_by,
  c.attempt AS attempts,
  -- Not a function: a role would need to be granted it, since functions are called with the rights of who asks.
  CASE WHEN length(c.phone_number) > 7
    THEN left(c.phone_number, 3) || repeat('*', length(c.phone_number) - 5) || right(c.phone_number, 2) END AS phone_number_masked,
  c.trunk_id,
  c.created_at,
  c.dialed_at,
  c.answered_at,
  c.ended_at,
  c.answered_at IS NOT NULL AS answered,
  round(extract(epoch FROM c.answered_at - coalesce(c.dialed_at, c.created_at)), 3) AS ring_seconds,
  round(extract(epoch FROM c.ended_at - c.answered_at), 3) AS talk_seconds,
  c.cost_usd
FROM parley.calls c JOIN parley.tenants t ON t.id = c.tenant_id;
--> statement-breakpoint
COMMENT ON VIEW analytics.calls IS 'One row per call. day is that of its creation, UTC.';
--> statement-breakpoint
CREATE VIEW analytics.calls_daily WITH (security_barrier) AS
SELECT
  day,
  tenant_id,
  tenant_name,
  direction,
  agent,
  pipeline,
  count(*) AS calls,
  count(*) FILTER (WHERE state <> 'ended') AS still_open,
  count(*) FILTER (WHERE answered) AS answered,
  count(*) FILTER (WHERE outcome = 'completed') AS completed,
  count(*) FILTER (WHERE outcome = 'machine') AS machine,
  count(*) FILTER (WHERE outcome = 'busy') AS busy,
  count(*) FILTER (WHERE outcome = 'no_answer') AS no_answer,
  count(*) FILTER (WHERE outcome = 'declined') AS declined,
  count(*) FILTER (WHERE outcome = 'invalid_number') AS invalid_number,
  count(*) FILTER (WHERE outcome = 'unreachable') AS unreachable,
  count(*) FILTER (WHERE outcome = 'canceled') AS canceled,
  count(*) FILTER (WHERE outcome = 'blocked') AS blocked,
  count(*) FILTER (WHERE outcome = 'failed') AS failed,
  count(*) FILTER (WHERE outcome = 'unknown') AS unknown,
  coalesce(sum(talk_seconds), 0) AS talk_seconds,
  round(avg(talk_seconds), 3) AS average_talk_seconds,
  sum(cost_usd) AS cost_usd
FROM analytics.calls
GROUP BY day, tenant_id, tenant_name, direction, agent, pipeline;
--> statement-breakpoint
COMMENT ON VIEW analytics.calls_daily IS 'One row per day (UTC), tenant, direction, agent and pipeline. The outcomes and still_open add up to calls.';
--> statement-breakpoint
CREATE VIEW analytics.call_costs WITH (security_barrier) AS
SELECT
  c.call_id,
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.pipeline,
  c.outcome,
  k.component,
  k.provider,
  k.model,
  k.unit,
  sum(k.quantity) AS quantity,
  sum(k.usd) AS cost_usd,
  k.source AS price_source,
  min(k.at) AS first_used_at
FROM parley.call_costs k JOIN analytics.calls c ON c.call_id = k.call_id
GROUP BY c.call_id, c.day, c.tenant_id, c.tenant_name, c.direction, c.agent, c.pipeline, c.outcome,
  k.component, k.provider, k.model, k.unit, k.source;
--> statement-breakpoint
COMMENT ON VIEW analytics.call_costs IS 'One row per call and what it used: component, provider, model. The rows of a call add up to its cost.';
--> statement-breakpoint
CREATE VIEW analytics.agent_latency WITH (security_barrier) AS
SELECT
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.pipeline,
  s.stage,
  count(*) AS answers,
  min(s.ms) AS min_ms,
  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY s.ms))::integer AS p50_ms,
  round(percentile_cont(0.9) WITHIN GROUP (ORDER BY s.ms))::integer AS p90_ms,
  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY s.ms))::integer AS p95_ms,
  max(s.ms) AS max_ms
FROM parley.call_turns u
JOIN analytics.calls c ON c.call_id = u.call_id
CROSS JOIN LATERAL (VALUES
  ('end_of_turn', u.end_of_turn_ms),
  ('stt', u.stt_ms),
  ('llm_ttft', u.llm_first_token_ms),
  ('tts_ttfb', u.tts_first_audio_ms),
  ('e2e', u.total_ms)) AS s(stage, ms)
WHERE s.ms IS NOT NULL
GROUP BY c.day, c.tenant_id, c.tenant_name, c.direction, c.agent, c.pipeline, s.stage;
--> statement-breakpoint
COMMENT ON VIEW analytics.agent_latency IS 'One row per day (UTC), tenant, direction, agent, pipeline and stage of an answer; milliseconds. e2e is what the caller waits.';
--> statement-breakpoint
REVOKE ALL ON SCHEMA analytics FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM PUBLIC;
--> statement-breakpoint
-- Supabase's keys for browsers: whatever is granted to them by default, not this.
DO $$
DECLARE browser text;
BEGIN
  FOR browser IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE format('REVOKE ALL ON SCHEMA analytics FROM %I', browser);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM %I', browser);
  END LOOP;
END $$;
