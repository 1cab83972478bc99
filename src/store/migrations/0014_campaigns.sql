CREATE TABLE "parley"."campaign_attempts" (
	"campaign_id" text NOT NULL,
	"position" integer NOT NULL,
	"attempt" integer NOT NULL,
	"call_id" text NOT NULL,
	"placed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"outcome" text,
	"rule" text,
	"reason" text,
	"talked_seconds" real,
	"opted_out" boolean DEFAULT false NOT NULL,
	"usd" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "campaign_attempts_campaign_id_position_attempt_pk" PRIMARY KEY("campaign_id","position","attempt"),
	CONSTRAINT "campaign_attempts_call" UNIQUE("call_id")
);
--> statement-breakpoint
ALTER TABLE "parley"."campaign_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."campaign_recipients" (
	"campaign_id" text NOT NULL,
	"position" integer NOT NULL,
	"phone_number" text,
	"lead_id" text,
	"variables" jsonb DEFAULT '{}' NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"reason" text,
	CONSTRAINT "campaign_recipients_campaign_id_position_pk" PRIMARY KEY("campaign_id","position"),
	CONSTRAINT "campaign_recipients_number" UNIQUE("campaign_id","phone_number"),
	CONSTRAINT "campaign_recipients_state" CHECK ("parley"."campaign_recipients"."state" IN ('waiting', 'calling', 'done', 'skipped', 'canceled'))
);
--> statement-breakpoint
ALTER TABLE "parley"."campaign_recipients" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."campaigns" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"pause_reason" text,
	"pause_detail" text,
	"order" jsonb NOT NULL,
	"trunk_id" text NOT NULL,
	"not_before" timestamp (3) with time zone,
	"not_after" timestamp (3) with time zone,
	"retry" jsonb,
	"pacing" jsonb NOT NULL,
	"breaker" jsonb NOT NULL,
	"max_spend_usd" numeric,
	"spent_usd" numeric DEFAULT '0' NOT NULL,
	"last_position" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"counted_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"next_look_at" timestamp (3) with time zone,
	CONSTRAINT "campaigns_state" CHECK ("parley"."campaigns"."state" IN ('draft', 'running', 'paused', 'completed', 'canceled'))
);
--> statement-breakpoint
ALTER TABLE "parley"."campaigns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."campaign_attempts" ADD CONSTRAINT "campaign_attempts_recipient" FOREIGN KEY ("campaign_id","position") REFERENCES "parley"."campaign_recipients"("campaign_id","position") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."campaign_recipients" ADD CONSTRAINT "campaign_recipients_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "parley"."campaigns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."campaign_recipients" ADD CONSTRAINT "campaign_recipients_lead_id_leads_id_fk" FOREIGN KEY ("lead_id") REFERENCES "parley"."leads"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."campaigns" ADD CONSTRAINT "campaigns_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "campaign_attempts_placed" ON "parley"."campaign_attempts" USING btree ("campaign_id","placed_at");--> statement-breakpoint
CREATE INDEX "campaign_attempts_ended" ON "parley"."campaign_attempts" USING btree ("campaign_id","ended_at");--> statement-breakpoint
CREATE INDEX "campaign_recipients_waiting" ON "parley"."campaign_recipients" USING btree ("campaign_id","due_at","position") WHERE "parley"."campaign_recipients"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "campaign_recipients_calling" ON "parley"."campaign_recipients" USING btree ("campaign_id") WHERE "parley"."campaign_recipients"."state" = 'calling';--> statement-breakpoint
CREATE INDEX "campaign_recipients_lead" ON "parley"."campaign_recipients" USING btree ("lead_id") WHERE "parley"."campaign_recipients"."lead_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "campaign_recipients_phone" ON "parley"."campaign_recipients" USING btree ("phone_number");--> statement-breakpoint
CREATE INDEX "campaigns_tenant_created" ON "parley"."campaigns" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "campaigns_running" ON "parley"."campaigns" USING btree ("trunk_id","tenant_id") WHERE "parley"."campaigns"."state" = 'running';--> statement-breakpoint
CREATE INDEX "campaigns_due" ON "parley"."campaigns" USING btree ("next_look_at") WHERE "parley"."campaigns"."next_look_at" IS NOT NULL;--> statement-breakpoint
-- The job of a campaign is due at this moment, or earlier where it was.
CREATE FUNCTION "parley"."wake_campaign"(woken text, due timestamptz) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  job record;
BEGIN
  SELECT id, run_at INTO job FROM graphile_worker.add_job('run-campaign', json_build_object('campaignId', woken),
    run_at := due, job_key := 'campaign:' || woken, job_key_mode := 'preserve_run_at');
  IF job.run_at > due THEN PERFORM graphile_worker.reschedule_jobs(ARRAY[job.id], run_at := due); END IF;
END
$$;
--> statement-breakpoint
-- Called in the statement that writes the call. Whoever places a call of a campaign has it alone until then: a pause waits for the
-- statement, and after the pause no call is placed.
CREATE FUNCTION "parley"."claim_recipient"(claiming text, claimed int, nth int, call text, most_calls int) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM 1 FROM parley.campaigns WHERE id = claiming AND state = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  IF (SELECT count(*) FROM parley.campaign_recipients WHERE campaign_id = claiming AND state = 'calling') >= most_calls
    THEN RETURN false; END IF;
  UPDATE parley.campaign_recipients SET state = 'calling', attempts = nth
  WHERE campaign_id = claiming AND position = claimed AND state = 'waiting' AND attempts = nth - 1;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO parley.campaign_attempts (campaign_id, position, attempt, call_id, placed_at)
  VALUES (claiming, claimed, nth, call, clock_timestamp());
  RETURN true;
END
$$;
--> statement-breakpoint
-- What came of a campaign's call is kept in the transaction of its end, whoever writes it, and its campaign goes on.
CREATE FUNCTION "parley"."note_campaign_call"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  woken text;
BEGIN
  UPDATE parley.campaign_attempts SET ended_at = clock_timestamp(), outcome = NEW.outcome, rule = NEW.report->>'rule',
    reason = NEW.report->>'detail', talked_seconds = extract(epoch FROM NEW.ended_at - NEW.answered_at), usd = NEW.cost_usd,
    opted_out = NEW.answered_at IS NOT NULL AND EXISTS (SELECT 1 FROM parley.do_not_call
      WHERE coalesce(tenant_id, '') = NEW.tenant_id AND number_hash = parley.number_hash(NEW.phone_number)
        AND created_at >= NEW.answered_at)
  WHERE call_id = NEW.id AND ended_at IS NULL RETURNING campaign_id INTO woken;
  IF FOUND THEN PERFORM parley.wake_campaign(woken, clock_timestamp() + interval '0.3 seconds'); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "note_campaign_call" AFTER UPDATE OF state ON "parley"."calls"
FOR EACH ROW WHEN (NEW.state = 'ended' AND OLD.state <> 'ended' AND NEW.direction = 'outbound')
EXECUTE FUNCTION "parley"."note_campaign_call"();
