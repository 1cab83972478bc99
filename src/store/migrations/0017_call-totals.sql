CREATE TABLE "parley"."call_days" (
	"day" date NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"agent" text NOT NULL,
	"pipeline" text NOT NULL,
	"end_reason" text,
	"outcome" text,
	"calls" bigint NOT NULL,
	"open_calls" bigint NOT NULL,
	"answered" bigint NOT NULL,
	"talked" bigint NOT NULL,
	"talk_seconds" numeric NOT NULL,
	"cost_usd" numeric NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."call_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."call_hours" (
	"hour" timestamp (3) with time zone NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"agent" text NOT NULL,
	"pipeline" text NOT NULL,
	"end_reason" text,
	"outcome" text,
	"calls" bigint NOT NULL,
	"open_calls" bigint NOT NULL,
	"answered" bigint NOT NULL,
	"talked" bigint NOT NULL,
	"talk_seconds" numeric NOT NULL,
	"cost_usd" numeric NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."call_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."cost_days" (
	"day" date NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"agent" text NOT NULL,
	"pipeline" text NOT NULL,
	"component" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"unit" text NOT NULL,
	"price_source" text NOT NULL,
	"calls" bigint NOT NULL,
	"quantity" numeric NOT NULL,
	"cost_usd" numeric NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."cost_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."counted_until" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "counted_until_one" CHECK ("parley"."counted_until"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "parley"."counted_until" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."latency_days" (
	"day" date NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"agent" text NOT NULL,
	"pipeline" text NOT NULL,
	"stage" text NOT NULL,
	"answers" bigint NOT NULL,
	"min_ms" integer NOT NULL,
	"p50_ms" integer NOT NULL,
	"p90_ms" integer NOT NULL,
	"p95_ms" integer NOT NULL,
	"max_ms" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."latency_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."stale_hours" (
	"tenant_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."stale_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "call_days_day" ON "parley"."call_days" USING btree ("tenant_id","day");--> statement-breakpoint
CREATE INDEX "call_hours_hour" ON "parley"."call_hours" USING btree ("tenant_id","hour");--> statement-breakpoint
CREATE INDEX "cost_days_day" ON "parley"."cost_days" USING btree ("tenant_id","day");--> statement-breakpoint
CREATE INDEX "latency_days_day" ON "parley"."latency_days" USING btree ("tenant_id","day");--> statement-breakpoint
CREATE INDEX "stale_hours_hour" ON "parley"."stale_hours" USING btree ("tenant_id","hour");--> statement-breakpoint
CREATE INDEX "calls_day" ON "parley"."calls" USING btree ((("created_at" AT TIME ZONE 'UTC')::date));--> statement-breakpoint
ALTER TABLE "parley"."retention_runs" ADD COLUMN "leads_deleted" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "parley"."tenants" ADD COLUMN "leads_days" integer;--> statement-breakpoint
CREATE INDEX "leads_tenant_updated" ON "parley"."leads" USING btree ("tenant_id","updated_at");--> statement-breakpoint
INSERT INTO "parley"."counted_until" ("until") VALUES ('-infinity');--> statement-breakpoint
-- Calls are counted once their hour has been over for two hours, so that most are never changed afterwards. Whatever changes an older
-- call says so in the same transaction, and its hour is read from the calls themselves until it has been counted again. Everything
-- that a session writes of its call changes the row of the call, so the turns and the costs need no trigger of their own.
CREATE FUNCTION "parley"."mark_stale_hour"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO parley.stale_hours (tenant_id, hour)
  SELECT DISTINCT tenant_id, date_trunc('hour', created_at, 'UTC')
  FROM (VALUES (OLD.tenant_id, OLD.created_at), (NEW.tenant_id, NEW.created_at)) AS c (tenant_id, created_at)
  WHERE tenant_id IS NOT NULL;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "mark_stale_hour_on_insert" AFTER INSERT ON "parley"."calls"
FOR EACH ROW WHEN (NEW.created_at < now() - interval '2 hours')
EXECUTE FUNCTION "parley"."mark_stale_hour"();
--> statement-breakpoint
CREATE TRIGGER "mark_stale_hour_on_update" AFTER UPDATE OF tenant_id, created_at, direction, agent, pipeline, state, outcome, end_reason,
  answered_at, ended_at, cost_usd, last_sequence ON "parley"."calls"
FOR EACH ROW WHEN (least(OLD.created_at, NEW.created_at) < now() - interval '2 hours')
EXECUTE FUNCTION "parley"."mark_stale_hour"();
--> statement-breakpoint
CREATE TRIGGER "mark_stale_hour_on_delete" AFTER DELETE ON "parley"."calls"
FOR EACH ROW WHEN (OLD.created_at < now() - interval '2 hours')
EXECUTE FUNCTION "parley"."mark_stale_hour"();
--> statement-breakpoint
CREATE VIEW analytics.call_counts AS
SELECT
  date_trunc('hour', created_at, 'UTC') AS hour,
  (created_at AT TIME ZONE 'UTC')::date AS day,
  created_at,
  tenant_id,
  direction,
  agent,
  pipeline,
  end_reason,
  outcome,
  1::bigint AS calls,
  (state <> 'ended')::integer::bigint AS open_calls,
  (answered_at IS NOT NULL)::integer::bigint AS answered,
  (answered_at IS NOT NULL AND ended_at IS NOT NULL)::integer::bigint AS talked,
  coalesce(round(extract(epoch FROM ended_at - answered_at), 3), 0) AS talk_seconds,
  cost_usd
FROM parley.calls;
--> statement-breakpoint
COMMENT ON VIEW analytics.call_counts IS 'One row per call, as the hours and days below add them up.';
--> statement-breakpoint
-- The upper bounds are always true: with two of them the planner expects few rows, which is so, and takes an index.
CREATE VIEW analytics.call_counts_hourly AS
SELECT hour, tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked, talk_seconds, cost_usd
FROM parley.call_hours h
WHERE NOT EXISTS (SELECT FROM parley.stale_hours s WHERE s.tenant_id = h.tenant_id AND s.hour = h.hour)
UNION ALL
SELECT hour, tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked, talk_seconds, cost_usd
FROM analytics.call_counts
WHERE created_at >= (SELECT until FROM parley.counted_until) AND created_at < 'infinity'
UNION ALL
SELECT s.hour, c.tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked, talk_seconds, cost_usd
FROM (SELECT DISTINCT tenant_id, hour FROM parley.stale_hours) s
JOIN analytics.call_counts c ON c.tenant_id = s.tenant_id AND c.created_at >= s.hour AND c.created_at < s.hour + interval '1 hour'
WHERE s.hour < (SELECT until FROM parley.counted_until);
--> statement-breakpoint
COMMENT ON VIEW analytics.call_counts_hourly IS 'Calls per hour (UTC), tenant, direction, agent, pipeline, end reason and outcome, of the last nine days; several rows may belong together: add them up.';
--> statement-breakpoint
CREATE VIEW analytics.call_counts_daily AS
SELECT day, tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked, talk_seconds, cost_usd
FROM parley.call_days d
WHERE NOT EXISTS (
  SELECT FROM parley.stale_hours s WHERE s.tenant_id = d.tenant_id AND (s.hour AT TIME ZONE 'UTC')::date = d.day)
UNION ALL
SELECT (hour AT TIME ZONE 'UTC')::date, tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked,
  talk_seconds, cost_usd
FROM analytics.call_counts_hourly
WHERE hour >= (SELECT date_trunc('day', until, 'UTC') FROM parley.counted_until)
UNION ALL
SELECT s.day, c.tenant_id, direction, agent, pipeline, end_reason, outcome, calls, open_calls, answered, talked, talk_seconds, cost_usd
FROM (SELECT DISTINCT tenant_id, (hour AT TIME ZONE 'UTC')::date AS day FROM parley.stale_hours) s
JOIN analytics.call_counts c ON c.tenant_id = s.tenant_id AND c.created_at >= s.day::timestamp AT TIME ZONE 'UTC'
  AND c.created_at < (s.day + 1)::timestamp AT TIME ZONE 'UTC'
WHERE s.day < (SELECT (until AT TIME ZONE 'UTC')::date FROM parley.counted_until);
--> statement-breakpoint
COMMENT ON VIEW analytics.call_counts_daily IS 'Calls per day (UTC), tenant, direction, agent, pipeline, end reason and outcome; several rows may belong together: add them up.';
--> statement-breakpoint
-- Days that are read from the calls themselves: of one tenant, or of all (null).
CREATE VIEW analytics.uncounted_days AS
SELECT day::date AS day, NULL::text AS tenant_id
FROM (SELECT min((created_at AT TIME ZONE 'UTC')::date) AS first, max((created_at AT TIME ZONE 'UTC')::date) AS last FROM parley.calls) AS c,
  generate_series(
    greatest(first, (SELECT (until AT TIME ZONE 'UTC')::date FROM parley.counted_until))::timestamp, last::timestamp, interval '1 day') AS day
UNION ALL
SELECT DISTINCT (hour AT TIME ZONE 'UTC')::date, tenant_id FROM parley.stale_hours
WHERE hour < (SELECT date_trunc('day', until, 'UTC') FROM parley.counted_until);
--> statement-breakpoint
COMMENT ON VIEW analytics.uncounted_days IS 'Days whose costs, turns and latencies are not added up, or no longer; of all tenants where there is none.';
--> statement-breakpoint
CREATE VIEW analytics.costs_daily_live AS
SELECT
  (c.created_at AT TIME ZONE 'UTC')::date AS day,
  c.tenant_id,
  c.direction,
  c.agent,
  c.pipeline,
  k.component,
  k.provider,
  k.model,
  k.unit,
  k.source AS price_source,
  count(DISTINCT c.id) AS calls,
  sum(k.quantity) AS quantity,
  sum(k.usd) AS cost_usd
FROM parley.calls c JOIN parley.call_costs k ON k.call_id = c.id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
--> statement-breakpoint
COMMENT ON VIEW analytics.costs_daily_live IS 'As costs_daily, from every cost line: slow over many days.';
--> statement-breakpoint
-- OFFSET keeps each day a question of its own, which takes the index.
CREATE VIEW analytics.costs_daily AS
SELECT d.day, d.tenant_id, t.name AS tenant_name, d.direction, d.agent, d.pipeline, d.component, d.provider, d.model, d.unit,
  d.price_source, d.calls, d.quantity, d.cost_usd
FROM (
  SELECT day, tenant_id, direction, agent, pipeline, component, provider, model, unit, price_source, calls, quantity, cost_usd
  FROM parley.cost_days d
  WHERE NOT EXISTS (
    SELECT FROM parley.stale_hours s WHERE s.tenant_id = d.tenant_id AND (s.hour AT TIME ZONE 'UTC')::date = d.day)
  UNION ALL
  SELECT u.day, l.tenant_id, l.direction, l.agent, l.pipeline, l.component, l.provider, l.model, l.unit, l.price_source, l.calls, l.quantity, l.cost_usd
  FROM analytics.uncounted_days u CROSS JOIN LATERAL (
    SELECT * FROM analytics.costs_daily_live WHERE day = u.day AND (u.tenant_id IS NULL OR tenant_id = u.tenant_id) OFFSET 0) l
) d JOIN parley.tenants t ON t.id = d.tenant_id;
--> statement-breakpoint
COMMENT ON VIEW analytics.costs_daily IS 'One row per day (UTC), tenant, direction, agent, pipeline, component, provider, model, unit and source of the price.';
--> statement-breakpoint
CREATE VIEW analytics.agent_latency_live AS
SELECT
  (c.created_at AT TIME ZONE 'UTC')::date AS day,
  c.tenant_id,
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
FROM parley.calls c
JOIN parley.call_turns u ON u.call_id = c.id
CROSS JOIN LATERAL (VALUES
  ('end_of_turn', u.end_of_turn_ms),
  ('stt', u.stt_ms),
  ('llm_ttft', u.llm_first_token_ms),
  ('tts_ttfb', u.tts_first_audio_ms),
  ('e2e', u.total_ms)) AS s(stage, ms)
WHERE s.ms IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6;
--> statement-breakpoint
COMMENT ON VIEW analytics.agent_latency_live IS 'As agent_latency, from every turn: slow over many days.';
--> statement-breakpoint
CREATE OR REPLACE VIEW analytics.agent_latency WITH (security_barrier = false) AS
SELECT d.day, d.tenant_id, t.name AS tenant_name, d.direction, d.agent, d.pipeline, d.stage, d.answers, d.min_ms, d.p50_ms, d.p90_ms,
  d.p95_ms, d.max_ms
FROM (
  SELECT day, tenant_id, direction, agent, pipeline, stage, answers, min_ms, p50_ms, p90_ms, p95_ms, max_ms
  FROM parley.latency_days d
  WHERE NOT EXISTS (
    SELECT FROM parley.stale_hours s WHERE s.tenant_id = d.tenant_id AND (s.hour AT TIME ZONE 'UTC')::date = d.day)
  UNION ALL
  SELECT u.day, l.tenant_id, l.direction, l.agent, l.pipeline, l.stage, l.answers, l.min_ms, l.p50_ms, l.p90_ms, l.p95_ms, l.max_ms
  FROM analytics.uncounted_days u CROSS JOIN LATERAL (
    SELECT * FROM analytics.agent_latency_live WHERE day = u.day AND (u.tenant_id IS NULL OR tenant_id = u.tenant_id) OFFSET 0) l
) d JOIN parley.tenants t ON t.id = d.tenant_id;
--> statement-breakpoint
COMMENT ON VIEW analytics.agent_latency IS 'One row per day (UTC), tenant, direction, agent, pipeline and stage of an answer; milliseconds. e2e is what the caller waits.';
--> statement-breakpoint
CREATE OR REPLACE VIEW analytics.calls_daily WITH (security_barrier = false) AS
SELECT
  d.day,
  d.tenant_id,
  t.name AS tenant_name,
  d.direction,
  d.agent,
  d.pipeline,
  sum(calls)::bigint AS calls,
  sum(open_calls)::bigint AS still_open,
  sum(answered)::bigint AS answered,
  coalesce(sum(calls) FILTER (WHERE outcome = 'completed'), 0)::bigint AS completed,
  coalesce(sum(calls) FILTER (WHERE outcome = 'machine'), 0)::bigint AS machine,
  coalesce(sum(calls) FILTER (WHERE outcome = 'busy'), 0)::bigint AS busy,
  coalesce(sum(calls) FILTER (WHERE outcome = 'no_answer'), 0)::bigint AS no_answer,
  coalesce(sum(calls) FILTER (WHERE outcome = 'declined'), 0)::bigint AS declined,
  coalesce(sum(calls) FILTER (WHERE outcome = 'invalid_number'), 0)::bigint AS invalid_number,
  coalesce(sum(calls) FILTER (WHERE outcome = 'unreachable'), 0)::bigint AS unreachable,
  coalesce(sum(calls) FILTER (WHERE outcome = 'canceled'), 0)::bigint AS canceled,
  coalesce(sum(calls) FILTER (WHERE outcome = 'blocked'), 0)::bigint AS blocked,
  coalesce(sum(calls) FILTER (WHERE outcome = 'failed'), 0)::bigint AS failed,
  coalesce(sum(calls) FILTER (WHERE outcome = 'unknown'), 0)::bigint AS unknown,
  sum(talk_seconds) AS talk_seconds,
  round(sum(talk_seconds) / nullif(sum(talked), 0), 3) AS average_talk_seconds,
  sum(cost_usd) AS cost_usd
FROM analytics.call_counts_daily d JOIN parley.tenants t ON t.id = d.tenant_id
GROUP BY d.day, d.tenant_id, t.name, d.direction, d.agent, d.pipeline;
--> statement-breakpoint
-- Counts again what became stale, at most `most_days` days of tenants, and goes on counting by at most a day. Answers whether there is
-- more to do. Whoever reads meanwhile sees all of it or nothing.
CREATE FUNCTION "parley"."count_calls"(most_days integer) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  oldest timestamptz;
  counted timestamptz;
  countable timestamptz;
  reached timestamptz;
  first_day date;
  stale record;
  hours timestamptz[];
  recounted integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('parley.count_calls', 0)) THEN RETURN false; END IF;
  -- No transaction that is under way now, nor any later one, changes an hour that ended two hours before this without marking it.
  SELECT least(min(xact_start), now()) INTO oldest FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend';
  countable := date_trunc('hour', oldest - interval '2 hours', 'UTC');
  SELECT until INTO STRICT counted FROM parley.counted_until;

  FOR stale IN
    SELECT DISTINCT tenant_id, (hour AT TIME ZONE 'UTC')::date AS day FROM parley.stale_hours ORDER BY day DESC LIMIT most_days
  LOOP
    recounted := recounted + 1;
    WITH gone AS (
      DELETE FROM parley.stale_hours
      WHERE tenant_id = stale.tenant_id AND hour >= stale.day::timestamp AT TIME ZONE 'UTC'
        AND hour < (stale.day + 1)::timestamp AT TIME ZONE 'UTC' RETURNING hour)
    SELECT array_agg(DISTINCT hour) INTO hours FROM gone;
    DELETE FROM parley.call_hours WHERE tenant_id = stale.tenant_id AND hour = ANY (hours);
    INSERT INTO parley.call_hours
      SELECT hour, tenant_id, direction, agent, pipeline, end_reason, outcome, sum(calls), sum(open_calls), sum(answered), sum(talked),
        sum(talk_seconds), sum(cost_usd)
      FROM analytics.call_counts
      WHERE tenant_id = stale.tenant_id AND hour = ANY (hours) AND hour < counted
        AND created_at >= stale.day::timestamp AT TIME ZONE 'UTC' AND created_at < (stale.day + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY 1, 2, 3, 4, 5, 6, 7;
    IF stale.day < (counted AT TIME ZONE 'UTC')::date THEN
      PERFORM parley.count_day(stale.day, stale.tenant_id);
    END IF;
  END LOOP;

  IF counted < countable THEN
    SELECT min((created_at AT TIME ZONE 'UTC')::date) INTO first_day FROM parley.calls
    WHERE (created_at AT TIME ZONE 'UTC')::date >= (counted AT TIME ZONE 'UTC')::date;
    counted := least(greatest(counted, first_day::timestamp AT TIME ZONE 'UTC'), countable);
    IF first_day IS NULL THEN counted := countable; END IF;
    reached := least(date_trunc('day', counted, 'UTC') + interval '1 day', countable);
    INSERT INTO parley.call_hours
      SELECT hour, tenant_id, direction, agent, pipeline, end_reason, outcome, sum(calls), sum(open_calls), sum(answered), sum(talked),
        sum(talk_seconds), sum(cost_usd)
      FROM analytics.call_counts
      WHERE day = (counted AT TIME ZONE 'UTC')::date AND hour >= counted AND hour < reached
        AND reached > now() - interval '9 days'
      GROUP BY 1, 2, 3, 4, 5, 6, 7;
    IF reached = date_trunc('day', reached, 'UTC') AND reached > counted THEN
      PERFORM parley.count_day((counted AT TIME ZONE 'UTC')::date, NULL);
    END IF;
    DELETE FROM parley.call_hours WHERE hour < now() - interval '9 days';
    UPDATE parley.counted_until SET until = reached;
    counted := reached;
  END IF;
  RETURN counted < countable OR recounted = most_days;
END
$$;
--> statement-breakpoint
-- Of one tenant, or of all.
CREATE FUNCTION "parley"."count_day"(counted_day date, whose text) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM parley.call_days WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose);
  DELETE FROM parley.cost_days WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose);
  DELETE FROM parley.latency_days WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose);
  INSERT INTO parley.call_days
    SELECT day, tenant_id, direction, agent, pipeline, end_reason, outcome, sum(calls), sum(open_calls), sum(answered), sum(talked),
      sum(talk_seconds), sum(cost_usd)
    FROM analytics.call_counts WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose)
    GROUP BY 1, 2, 3, 4, 5, 6, 7;
  INSERT INTO parley.cost_days
    SELECT * FROM analytics.costs_daily_live WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose);
  INSERT INTO parley.latency_days
    SELECT * FROM analytics.agent_latency_live WHERE day = counted_day AND (whose IS NULL OR tenant_id = whose);
$$;
--> statement-breakpoint
REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM PUBLIC;
--> statement-breakpoint
-- Supabase's keys for browsers, as for the views before.
DO $$
DECLARE browser text;
BEGIN
  FOR browser IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM %I', browser);
  END LOOP;
END $$;
