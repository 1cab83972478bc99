CREATE TABLE "parley"."call_tool_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"call_id" text NOT NULL,
	"tool" text NOT NULL,
	"turn" integer NOT NULL,
	"arguments" jsonb NOT NULL,
	"arguments_hash" text NOT NULL,
	"state" text DEFAULT 'sent' NOT NULL,
	"outcome" jsonb,
	"resume_token" text NOT NULL,
	"claim" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "call_tool_runs_state" CHECK ("parley"."call_tool_runs"."state" IN ('sent', 'waiting', 'done', 'refused', 'failed', 'unknown'))
);
--> statement-breakpoint
ALTER TABLE "parley"."call_tool_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."call_tool_runs" ADD CONSTRAINT "call_tool_runs_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "parley"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "call_tool_runs_call" ON "parley"."call_tool_runs" USING btree ("call_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "call_tool_runs_open" ON "parley"."call_tool_runs" USING btree ("call_id","tool","arguments_hash") WHERE "parley"."call_tool_runs"."told_at" IS NULL;