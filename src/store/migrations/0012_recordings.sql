CREATE TABLE "parley"."recordings" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"call_name" text NOT NULL,
	"call_id" text,
	"started_ms" integer NOT NULL,
	"duration_ms" integer,
	"bytes" bigint,
	"state" text NOT NULL,
	"storage" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"unwanted_at" timestamp (3) with time zone,
	CONSTRAINT "recordings_state" CHECK ("parley"."recordings"."state" IN ('recording', 'uploading', 'kept')),
	CONSTRAINT "recordings_storage" CHECK ("parley"."recordings"."storage" IN ('folder', 's3'))
);
--> statement-breakpoint
ALTER TABLE "parley"."recordings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."retention_runs" ADD COLUMN "recordings_deleted" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "parley"."tenants" ADD COLUMN "audio_days" integer;--> statement-breakpoint
ALTER TABLE "parley"."recordings" ADD CONSTRAINT "recordings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."recordings" ADD CONSTRAINT "recordings_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "recordings_call" ON "parley"."recordings" USING btree ("call_id","started_ms");--> statement-breakpoint
CREATE INDEX "recordings_unwanted" ON "parley"."recordings" USING btree ("id") WHERE "parley"."recordings"."call_id" IS NULL OR "parley"."recordings"."unwanted_at" IS NOT NULL;
