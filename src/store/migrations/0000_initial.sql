CREATE SCHEMA IF NOT EXISTS "parley";
--> statement-breakpoint
CREATE TABLE "parley"."call_attempts" (
	"call_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"tenant_id" text NOT NULL,
	"phone_number" text,
	"trunk_id" text,
	"dialed_at" timestamp (3) with time zone NOT NULL,
	"answered_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"outcome" text,
	"end_reason" text,
	"sip_status" integer,
	CONSTRAINT "call_attempts_call_id_attempt_pk" PRIMARY KEY("call_id","attempt")
);
--> statement-breakpoint
ALTER TABLE "parley"."call_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."call_costs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parley"."call_costs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"call_id" text NOT NULL,
	"component" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"quantity" numeric NOT NULL,
	"unit" text NOT NULL,
	"usd" numeric NOT NULL,
	"source" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"change_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."call_costs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."call_events" (
	"call_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"data" jsonb DEFAULT '{}' NOT NULL,
	"change_id" uuid NOT NULL,
	CONSTRAINT "call_events_call_id_sequence_pk" PRIMARY KEY("call_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "parley"."call_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."call_messages" (
	"id" text PRIMARY KEY NOT NULL,
	"call_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"caller_name" text,
	"phone_number" text,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."call_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."call_turns" (
	"call_id" text NOT NULL,
	"index" integer NOT NULL,
	"role" text NOT NULL,
	"text" text NOT NULL,
	"started_ms" integer NOT NULL,
	"ended_ms" integer NOT NULL,
	"interrupted" boolean NOT NULL,
	"end_of_turn_ms" integer,
	"stt_ms" integer,
	"llm_first_token_ms" integer,
	"tts_first_audio_ms" integer,
	"total_ms" integer,
	CONSTRAINT "call_turns_call_id_index_pk" PRIMARY KEY("call_id","index")
);
--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."calls" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"state" text NOT NULL,
	"state_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"agent" text NOT NULL,
	"pipeline" text NOT NULL,
	"pipeline_overrides" jsonb DEFAULT '{}' NOT NULL,
	"phone_number" text,
	"from_number" text,
	"trunk_id" text,
	"lead_id" text,
	"playbook" text,
	"variables" jsonb DEFAULT '{}' NOT NULL,
	"metadata" jsonb DEFAULT '{}' NOT NULL,
	"limits" jsonb DEFAULT '{}' NOT NULL,
	"plan" jsonb DEFAULT '{}' NOT NULL,
	"not_before" timestamp (3) with time zone,
	"outcome" text,
	"end_reason" text,
	"hung_up_by" text,
	"attempt" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"dialed_at" timestamp (3) with time zone,
	"answered_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"erased_at" timestamp (3) with time zone,
	"cost_usd" numeric DEFAULT '0' NOT NULL,
	"report" jsonb,
	"lease_owner" text,
	"lease_until" timestamp (3) with time zone,
	"last_sequence" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "calls_direction" CHECK ("parley"."calls"."direction" IN ('outbound', 'inbound', 'web')),
	CONSTRAINT "calls_state" CHECK ("parley"."calls"."state" IN ('scheduled', 'queued', 'dispatching', 'dialing', 'ringing', 'in_progress', 'ended')),
	CONSTRAINT "calls_outcome" CHECK ("parley"."calls"."outcome" IN ('completed', 'busy', 'no_answer', 'declined', 'invalid_number', 'unreachable', 'machine', 'canceled', 'blocked', 'failed', 'unknown')),
	CONSTRAINT "calls_hung_up_by" CHECK ("parley"."calls"."hung_up_by" IN ('caller', 'callee', 'agent', 'operator', 'carrier', 'parley'))
);
--> statement-breakpoint
ALTER TABLE "parley"."calls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."do_not_call" (
	"tenant_id" text NOT NULL,
	"phone_number" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "do_not_call_tenant_id_phone_number_pk" PRIMARY KEY("tenant_id","phone_number")
);
--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."leads" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"phone_number" text,
	"company" text,
	"data" jsonb DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "leads_tenant_email" UNIQUE("tenant_id","email")
);
--> statement-breakpoint
ALTER TABLE "parley"."leads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "parley"."api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parley"."audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant_id" text NOT NULL,
	"key_id" text NOT NULL,
	"action" text NOT NULL,
	"target" text,
	"request_id" text NOT NULL,
	"status" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."audit_log" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."idempotency_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"request_hash" text NOT NULL,
	"resource_id" text NOT NULL,
	"response" jsonb,
	"locked_until" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."tenants" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"webhook_secret" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."tenants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."trunk_pacing" (
	"trunk_id" text PRIMARY KEY NOT NULL,
	"next_dial_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."trunk_pacing" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."trunk_settings" (
	"tenant_id" text NOT NULL,
	"trunk_id" text NOT NULL,
	"direction" text NOT NULL,
	"from_number" text,
	"agent" text,
	"allowed_countries" text[],
	"max_calls" integer,
	"calls_per_second" numeric,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trunk_settings_tenant_id_trunk_id_pk" PRIMARY KEY("tenant_id","trunk_id")
);
--> statement-breakpoint
ALTER TABLE "parley"."trunk_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"call_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"locked_until" timestamp (3) with time zone,
	"last_status" integer,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_event" UNIQUE("endpoint_id","call_id","sequence"),
	CONSTRAINT "webhook_deliveries_state" CHECK ("parley"."webhook_deliveries"."state" IN ('pending', 'delivered', 'dead'))
);
--> statement-breakpoint
ALTER TABLE "parley"."webhook_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"call_id" text,
	"kind" text DEFAULT 'events' NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_secret_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"disabled_reason" text,
	CONSTRAINT "webhook_endpoints_kind" CHECK ("parley"."webhook_endpoints"."kind" IN ('events', 'resume'))
);
--> statement-breakpoint
ALTER TABLE "parley"."webhook_endpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."call_attempts" ADD CONSTRAINT "call_attempts_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_attempts" ADD CONSTRAINT "call_attempts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_costs" ADD CONSTRAINT "call_costs_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_events" ADD CONSTRAINT "call_events_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_messages" ADD CONSTRAINT "call_messages_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_messages" ADD CONSTRAINT "call_messages_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD CONSTRAINT "call_turns_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."calls" ADD CONSTRAINT "calls_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."calls" ADD CONSTRAINT "calls_lead_id_leads_id_fk" FOREIGN KEY ("lead_id") REFERENCES "parley"."leads"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ADD CONSTRAINT "do_not_call_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."leads" ADD CONSTRAINT "leads_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."api_keys" ADD CONSTRAINT "api_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."audit_log" ADD CONSTRAINT "audit_log_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."audit_log" ADD CONSTRAINT "audit_log_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "parley"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."trunk_settings" ADD CONSTRAINT "trunk_settings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "parley"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_event_fk" FOREIGN KEY ("call_id","sequence") REFERENCES "parley"."call_events"("call_id","sequence") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "call_attempts_number" ON "parley"."call_attempts" USING btree ("tenant_id","phone_number","dialed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "call_costs_call" ON "parley"."call_costs" USING btree ("call_id","id");--> statement-breakpoint
CREATE INDEX "call_costs_at" ON "parley"."call_costs" USING btree ("at");--> statement-breakpoint
CREATE INDEX "call_messages_tenant" ON "parley"."call_messages" USING btree ("tenant_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "call_messages_call" ON "parley"."call_messages" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "calls_tenant_created" ON "parley"."calls" USING btree ("tenant_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "calls_tenant_agent" ON "parley"."calls" USING btree ("tenant_id","agent","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "calls_tenant_phone" ON "parley"."calls" USING btree ("tenant_id","phone_number","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "calls_lead" ON "parley"."calls" USING btree ("lead_id");--> statement-breakpoint
CREATE INDEX "calls_open" ON "parley"."calls" USING btree ("tenant_id","state","created_at") WHERE "parley"."calls"."state" <> 'ended';--> statement-breakpoint
CREATE INDEX "calls_leases" ON "parley"."calls" USING btree ("lease_until") WHERE "parley"."calls"."state" <> 'ended';--> statement-breakpoint
CREATE INDEX "leads_tenant_created" ON "parley"."leads" USING btree ("tenant_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "leads_tenant_phone" ON "parley"."leads" USING btree ("tenant_id","phone_number");--> statement-breakpoint
CREATE INDEX "api_keys_tenant" ON "parley"."api_keys" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "audit_log_tenant" ON "parley"."audit_log" USING btree ("tenant_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "idempotency_keys_expires" ON "parley"."idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "trunk_settings_trunk" ON "parley"."trunk_settings" USING btree ("trunk_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_tenant" ON "parley"."webhook_deliveries" USING btree ("tenant_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "webhook_deliveries_call" ON "parley"."webhook_deliveries" USING btree ("call_id","sequence");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_pending" ON "parley"."webhook_deliveries" USING btree ("next_attempt_at") WHERE "parley"."webhook_deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_endpoints_tenant" ON "parley"."webhook_endpoints" USING btree ("tenant_id") WHERE "parley"."webhook_endpoints"."call_id" IS NULL;--> statement-breakpoint
CREATE INDEX "webhook_endpoints_call" ON "parley"."webhook_endpoints" USING btree ("call_id") WHERE "parley"."webhook_endpoints"."call_id" IS NOT NULL;