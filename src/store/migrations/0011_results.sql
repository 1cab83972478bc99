-- Who ends a call whose agent wants to know something of it has that found out: the job is made in the transaction of the end, whoever
-- writes it. A session marks the call when it begins, so that a call whose process died has its result too.
CREATE FUNCTION "parley"."analyze_ended_call"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM graphile_worker.add_job('analyze-call', json_build_object('callId', NEW.id, 'run', gen_random_uuid()),
    job_key := 'analyze:' || NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "analyze_ended_call" AFTER UPDATE OF state ON "parley"."calls"
FOR EACH ROW WHEN (NEW.state = 'ended' AND OLD.state <> 'ended' AND NEW.answered_at IS NOT NULL
  AND NEW.report->'wants_result' = 'true')
EXECUTE FUNCTION "parley"."analyze_ended_call"();
--> statement-breakpoint
-- What came of calls, in numbers and words of closed lists: of a text, a date or a list only whether it was said.
CREATE VIEW analytics.call_results WITH (security_barrier) AS
SELECT
  c.call_id,
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.outcome,
  f.key AS field,
  f.value->>'type' AS type,
  (f.value->>'said')::boolean AS said,
  CASE WHEN f.value->>'type' = 'number' THEN (f.value->>'value')::numeric END AS number_value,
  CASE WHEN f.value->>'type' = 'yes_no' THEN (f.value->>'value')::boolean END AS yes_no_value,
  CASE WHEN f.value->>'type' = 'choice' THEN f.value->>'value' END AS choice_value,
  (p.report->'result'->>'analyzed_at')::timestamptz AS analyzed_at
FROM parley.calls p
JOIN analytics.calls c ON c.call_id = p.id
CROSS JOIN LATERAL jsonb_each(p.report->'result'->'fields') AS f;
--> statement-breakpoint
COMMENT ON VIEW analytics.call_results IS 'One row per call with a result and field of it. Values of the types number, yes_no and choice; of others only whether they were said.';
--> statement-breakpoint
CREATE VIEW analytics.call_verdicts WITH (security_barrier) AS
SELECT
  c.call_id,
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.outcome,
  p.report->'result'->>'status' AS status,
  p.report->'result'->>'by' AS filled_by,
  (p.report->'result'->>'success')::boolean AS success,
  p.report->'result'->>'sentiment' AS sentiment,
  jsonb_array_length(p.report->'result'->'refused') AS refused_fields,
  (p.report->'result'->>'analyzed_at')::timestamptz AS analyzed_at
FROM parley.calls p JOIN analytics.calls c ON c.call_id = p.id
WHERE p.report->'result' IS NOT NULL;
--> statement-breakpoint
COMMENT ON VIEW analytics.call_verdicts IS 'One row per call with a result: whether it was a success, the mood of the other person, who filled it.';
--> statement-breakpoint
REVOKE ALL ON analytics.call_results, analytics.call_verdicts FROM PUBLIC;
--> statement-breakpoint
DO $$
DECLARE browser text;
BEGIN
  FOR browser IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE format('REVOKE ALL ON analytics.call_results, analytics.call_verdicts FROM %I', browser);
  END LOOP;
END $$;
