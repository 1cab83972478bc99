-- A lease has an epoch that only grows: whoever acts for a call says under which, and is refused once there is a newer one. A trigger
-- counts, so that a program that knows no epochs is counted, too.
CREATE TABLE "parley"."shifts" (
	"task" text PRIMARY KEY NOT NULL,
	"replica" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."shifts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."calls" ADD COLUMN "lease_epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE FUNCTION "parley"."count_epoch"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.lease_epoch := OLD.lease_epoch + 1;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "count_epoch" BEFORE UPDATE OF lease_owner ON "parley"."calls"
FOR EACH ROW WHEN (NEW.lease_owner IS DISTINCT FROM OLD.lease_owner)
EXECUTE FUNCTION "parley"."count_epoch"();
--> statement-breakpoint
-- Which workers there are: a person whose session died is waited with for longer while one is starting.
CREATE TABLE "parley"."workers" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."workers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- An id of a write used to be on everything that the write added; now it is on one thing, so that nothing is added twice.
UPDATE "parley"."call_events" e SET change_id = gen_random_uuid()
WHERE EXISTS (SELECT 1 FROM "parley"."call_events" o
  WHERE o.call_id = e.call_id AND o.change_id = e.change_id AND o.sequence < e.sequence);
--> statement-breakpoint
UPDATE "parley"."call_costs" c SET change_id = gen_random_uuid()
WHERE EXISTS (SELECT 1 FROM "parley"."call_costs" o WHERE o.call_id = c.call_id AND o.change_id = c.change_id AND o.id < c.id);
--> statement-breakpoint
CREATE UNIQUE INDEX "call_costs_change" ON "parley"."call_costs" USING btree ("call_id","change_id");--> statement-breakpoint
CREATE UNIQUE INDEX "call_events_change" ON "parley"."call_events" USING btree ("call_id","change_id");
