-- A key used to be claimed before its call was made; now it is written with the call and the answer. There is no release yet that
-- could run beside this one, so what the claims needed goes at once.
DELETE FROM "parley"."idempotency_keys" WHERE "response" IS NULL;--> statement-breakpoint
DROP INDEX "parley"."calls_lead";--> statement-breakpoint
ALTER TABLE "parley"."idempotency_keys" ALTER COLUMN "response" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "calls_trunk_open" ON "parley"."calls" USING btree ("trunk_id","state") WHERE "parley"."calls"."state" <> 'ended';--> statement-breakpoint
CREATE INDEX "calls_lead" ON "parley"."calls" USING btree ("lead_id") WHERE "parley"."calls"."lead_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "parley"."idempotency_keys" DROP COLUMN "resource_id";--> statement-breakpoint
ALTER TABLE "parley"."idempotency_keys" DROP COLUMN "locked_until";--> statement-breakpoint
-- As before, but quiet about the first event of a call: nobody can follow a call whose id nobody has been told, and transactions that
-- notify are committed one after another.
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
-- Lets a queued call in while its tenant and its trunk have room. Whoever counts places counts alone until its transaction ends, always
-- tenant before trunk, so that nobody deadlocks; one function, so that nobody waits meanwhile for the way to the program and back.
CREATE FUNCTION "parley"."admit_call"(
  admitted_id text, from_states text[], placed_states text[], max_tenant_calls int, max_trunk_calls int,
  event_type text, event_data jsonb, event_change uuid
) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  admitted parley.calls;
BEGIN
  SELECT * INTO admitted FROM parley.calls WHERE id = admitted_id;
  IF NOT FOUND THEN RETURN 'gone'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tenant:' || admitted.tenant_id, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('trunk:' || coalesce(admitted.trunk_id, ''), 0));
  IF (SELECT count(*) FROM parley.calls WHERE tenant_id = admitted.tenant_id AND state <> 'ended' AND state = ANY (placed_states))
    >= max_tenant_calls THEN RETURN 'tenant'; END IF;
  IF (SELECT count(*) FROM parley.calls WHERE trunk_id = admitted.trunk_id AND state <> 'ended' AND state = ANY (placed_states))
    >= max_trunk_calls THEN RETURN 'trunk'; END IF;
  UPDATE parley.calls SET state = 'dispatching', state_since = now(), last_sequence = last_sequence + 1
  WHERE id = admitted_id AND state = ANY (from_states) RETURNING * INTO admitted;
  IF NOT FOUND THEN RETURN 'gone'; END IF;
  INSERT INTO parley.call_events (call_id, sequence, type, data, change_id)
  VALUES (admitted_id, admitted.last_sequence, event_type, event_data, event_change);
  RETURN 'admitted';
END
$$;
