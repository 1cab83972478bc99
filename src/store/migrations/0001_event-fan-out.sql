-- Whoever appends events tells everybody who follows the call, and owes a delivery to every endpoint that wants them.
-- A trigger does both, so that no write can add an event and forget its deliveries.
CREATE FUNCTION "parley"."fan_out_events"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owed record;
BEGIN
  PERFORM pg_notify('parley_call_events', news.call_id)
  FROM (SELECT DISTINCT call_id FROM appended) AS news;

  FOR owed IN
    WITH written AS (
      INSERT INTO parley.webhook_deliveries (id, tenant_id, endpoint_id, call_id, sequence)
      SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), c.tenant_id, w.id, e.call_id, e.sequence
      FROM appended e
      JOIN parley.calls c ON c.id = e.call_id
      JOIN parley.webhook_endpoints w
        ON w.call_id = c.id OR (w.call_id IS NULL AND w.tenant_id = c.tenant_id)
      WHERE w.disabled_at IS NULL AND e.type = ANY (w.events)
      RETURNING endpoint_id, call_id
    )
    SELECT DISTINCT endpoint_id, call_id FROM written
  LOOP
    -- One job per call and endpoint, so that a call's events leave in order. A job that waits for its next try keeps
    -- its time: the new event has to wait behind the undelivered one anyway.
    PERFORM graphile_worker.add_job(
      'deliver-webhook',
      json_build_object('callId', owed.call_id, 'endpointId', owed.endpoint_id),
      job_key := 'webhook:' || owed.call_id || ':' || owed.endpoint_id,
      job_key_mode := 'preserve_run_at'
    );
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "fan_out_events" AFTER INSERT ON "parley"."call_events"
REFERENCING NEW TABLE AS appended
FOR EACH STATEMENT EXECUTE FUNCTION "parley"."fan_out_events"();
