ALTER TABLE "parley"."call_turns" ADD COLUMN "ended_by" text;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "silence_ms" integer;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "expected" text;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "end_probability" real;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "noise_floor_dbfs" smallint;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "cut_off" boolean;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "talked_on_ms" integer;--> statement-breakpoint
CREATE VIEW analytics.turn_taking WITH (security_barrier) AS
SELECT
  u.call_id,
  u.index AS turn_index,
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.pipeline,
  u.expected,
  u.ended_by,
  u.silence_ms,
  u.end_probability,
  u.noise_floor_dbfs,
  u.cut_off,
  u.talked_on_ms
FROM parley.call_turns u JOIN analytics.calls c ON c.call_id = u.call_id
WHERE u.ended_by IS NOT NULL;
--> statement-breakpoint
COMMENT ON VIEW analytics.turn_taking IS 'One row per turn of a caller: what ended it, after how much silence, and whether the caller was cut off, that is talked on within two seconds.';
--> statement-breakpoint
REVOKE ALL ON analytics.turn_taking FROM PUBLIC;
--> statement-breakpoint
-- Supabase's keys for browsers, as for the views before.
DO $$
DECLARE browser text;
BEGIN
  FOR browser IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
    EXECUTE format('REVOKE ALL ON analytics.turn_taking FROM %I', browser);
  END LOOP;
END $$;
