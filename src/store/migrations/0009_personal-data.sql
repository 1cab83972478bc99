CREATE TABLE "parley"."retention_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parley"."retention_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant_id" text NOT NULL,
	"words_erased" integer NOT NULL,
	"calls_deleted" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."retention_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."calls" ADD COLUMN "key_id" text;--> statement-breakpoint
ALTER TABLE "parley"."calls" ADD COLUMN "words_erased_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "parley"."api_keys" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "parley"."api_keys" ADD COLUMN "browser" jsonb;--> statement-breakpoint
ALTER TABLE "parley"."tenants" ADD COLUMN "words_days" integer;--> statement-breakpoint
ALTER TABLE "parley"."tenants" ADD COLUMN "calls_days" integer;--> statement-breakpoint
ALTER TABLE "parley"."webhook_endpoints" ADD COLUMN "agent" text;--> statement-breakpoint
ALTER TABLE "parley"."retention_runs" ADD CONSTRAINT "retention_runs_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "retention_runs_tenant" ON "parley"."retention_runs" USING btree ("tenant_id","at");--> statement-breakpoint
CREATE INDEX "calls_key_open" ON "parley"."calls" USING btree ("key_id") WHERE "parley"."calls"."state" <> 'ended' AND "parley"."calls"."key_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "calls_outcome" ON "parley"."calls" USING btree ("tenant_id","outcome","created_at","id") WHERE "parley"."calls"."outcome" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "calls_end_reason" ON "parley"."calls" USING btree ("tenant_id","end_reason","created_at","id") WHERE "parley"."calls"."end_reason" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "calls_incoming" ON "parley"."calls" USING btree ("tenant_id","direction","created_at","id") WHERE "parley"."calls"."direction" <> 'outbound';--> statement-breakpoint
CREATE INDEX "calls_trunk" ON "parley"."calls" USING btree ("tenant_id","trunk_id","created_at","id") WHERE "parley"."calls"."trunk_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "calls_metadata" ON "parley"."calls" USING gin ("metadata" jsonb_path_ops) WHERE "parley"."calls"."metadata" <> '{}';--> statement-breakpoint
CREATE INDEX "calls_ended" ON "parley"."calls" USING btree ("tenant_id","ended_at") WHERE "parley"."calls"."ended_at" IS NOT NULL;--> statement-breakpoint
-- As before, and an endpoint may want the calls of one agent alone.
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
      WHERE w.disabled_at IS NULL AND e.type = ANY (w.events) AND (w.agent IS NULL OR w.agent = c.agent)
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
