CREATE OR REPLACE FUNCTION "parley"."fan_out_events"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owed record;
BEGIN
  PERFORM pg_notify('parley_call_events', news.call_id)
  FROM (SELECT DISTINCT call_id FROM appended WHERE sequence > 1) AS news;

  FOR owed IN
    WITH written AS (
      INSERT INTO parley.webhook_deliveries (id, tenant_id, endpoint_id, call_id, sequence)
      SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), c.tenant_id, w.id, e.call_id, e.sequence
      FROM appended e
      JOIN parley.calls c ON c.id = e.call_id
      JOIN parley.webhook_endpoints w
        ON w.call_id = c.id OR (w.call_id IS NULL AND w.tenant_id = c.tenant_id)
      WHERE w.disabled_at IS NULL AND e.type = ANY (w.events)
      RETURNING tenant_id, endpoint_id, call_id
    )
    SELECT DISTINCT tenant_id, endpoint_id, call_id FROM written
  LOOP
    -- One job per call and endpoint, so that a call's events leave in order. It is always due at once: when the event before
    -- is yet to be delivered, the job finds that out and waits as long as that one does.
    PERFORM graphile_worker.add_job(
      'deliver-webhook',
      json_build_object('callId', owed.call_id, 'endpointId', owed.endpoint_id, 'tenantId', owed.tenant_id),
      job_key := 'webhook:' || owed.call_id || ':' || owed.endpoint_id
    );
  END LOOP;
  RETURN NULL;
END
$$;
