CREATE TABLE "parley"."agent_versions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parley"."agent_versions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"agent" text NOT NULL,
	"etag" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"saved_by" text
);
--> statement-breakpoint
ALTER TABLE "parley"."agent_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."api_keys" ADD COLUMN "sessions_from" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "agent_versions_agent" ON "parley"."agent_versions" USING btree ("agent","id");--> statement-breakpoint
CREATE INDEX "call_turns_words" ON "parley"."call_turns" USING gin (to_tsvector('simple', left("text", 100000)));