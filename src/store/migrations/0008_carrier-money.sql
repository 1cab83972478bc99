CREATE TABLE "parley"."dials" (
	"call_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"leg" text NOT NULL,
	"tenant_id" text NOT NULL,
	"trunk_id" text NOT NULL,
	"number_hash" "bytea" NOT NULL,
	"destination" text NOT NULL,
	"usd_per_minute" numeric NOT NULL,
	"usd_per_call" numeric NOT NULL,
	"increment_seconds" integer NOT NULL,
	"reserved_usd" numeric NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"dialed_at" timestamp (3) with time zone,
	"answered_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	"usd" numeric,
	CONSTRAINT "dials_call_id_attempt_leg_pk" PRIMARY KEY("call_id","attempt","leg")
);
--> statement-breakpoint
ALTER TABLE "parley"."dials" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."number_key" (
	"inner_pad" "bytea" NOT NULL,
	"outer_pad" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."number_key" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
-- One key per installation, kept apart from what is hashed with it: the pads of HMAC-SHA256 (RFC 2104) over 32 random bytes.
DO $$
DECLARE
  secret bytea := sha256(decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR place IN 0..31 LOOP
    inner_pad := set_byte(inner_pad, place, get_byte(inner_pad, place) # get_byte(secret, place));
    outer_pad := set_byte(outer_pad, place, get_byte(outer_pad, place) # get_byte(secret, place));
  END LOOP;
  INSERT INTO parley.number_key (inner_pad, outer_pad) VALUES (inner_pad, outer_pad);
END $$;
--> statement-breakpoint
CREATE FUNCTION "parley"."number_hash"(e164 text) RETURNS bytea
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Not in SQL, as the functions below: those are planned anew each time that they are called.
  RETURN (SELECT sha256(k.outer_pad || sha256(k.inner_pad || convert_to(e164, 'UTF8'))) FROM parley.number_key k);
END
$$;
--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" DROP CONSTRAINT "do_not_call_tenant_id_phone_number_pk";--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ALTER COLUMN "tenant_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ALTER COLUMN "phone_number" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ADD COLUMN "id" text;--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ADD COLUMN "number_hash" "bytea";--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ADD COLUMN "source" text;--> statement-breakpoint
UPDATE "parley"."do_not_call" SET id = 'dnc_' || replace(gen_random_uuid()::text, '-', ''), number_hash = parley.number_hash(phone_number), source = 'api';--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ALTER COLUMN "id" SET NOT NULL, ALTER COLUMN "number_hash" SET NOT NULL, ALTER COLUMN "source" SET NOT NULL, ADD PRIMARY KEY ("id");--> statement-breakpoint
ALTER TABLE "parley"."do_not_call" ADD COLUMN "call_id" text;--> statement-breakpoint
ALTER TABLE "parley"."dials" ADD CONSTRAINT "dials_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "parley"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dials_number" ON "parley"."dials" USING btree ("tenant_id","number_hash","dialed_at");--> statement-breakpoint
CREATE INDEX "dials_settled" ON "parley"."dials" USING btree ("tenant_id","settled_at");--> statement-breakpoint
CREATE INDEX "calls_number_open" ON "parley"."calls" USING btree ("tenant_id","phone_number") WHERE "parley"."calls"."state" <> 'ended';--> statement-breakpoint
CREATE UNIQUE INDEX "do_not_call_number" ON "parley"."do_not_call" USING btree (coalesce("tenant_id", ''),"number_hash");--> statement-breakpoint
CREATE INDEX "do_not_call_listed" ON "parley"."do_not_call" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
-- What was dialled in the last day goes on counting.
INSERT INTO "parley"."dials" (call_id, attempt, leg, tenant_id, trunk_id, number_hash, destination, usd_per_minute, usd_per_call,
  increment_seconds, reserved_usd, created_at, dialed_at, settled_at, usd)
SELECT call_id, attempt, 'callee', tenant_id, coalesce(trunk_id, ''), parley.number_hash(phone_number), '', 0, 0, 60, 0, dialed_at, dialed_at, now(), 0
FROM parley.call_attempts WHERE phone_number IS NOT NULL AND dialed_at > now() - interval '24 hours';
--> statement-breakpoint
-- How often a number was dialled in 24 hours, and how many calls are about to.
CREATE FUNCTION "parley"."attempts_to"(tenant text, e164 text, except_call text) RETURNS int
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  hash bytea := parley.number_hash(e164);
BEGIN
  RETURN
    (SELECT count(*) FROM parley.dials
      WHERE tenant_id = tenant AND number_hash = hash AND dialed_at > now() - interval '24 hours')::int
    + (SELECT count(*) FROM parley.calls c
      WHERE c.tenant_id = tenant AND c.phone_number = e164 AND c.state <> 'ended' AND c.state IN ('queued', 'dispatching')
        AND c.id IS DISTINCT FROM except_call
        AND NOT EXISTS (SELECT 1 FROM parley.dials d
          WHERE d.call_id = c.id AND d.attempt = c.attempt AND d.dialed_at IS NOT NULL))::int;
END
$$;
--> statement-breakpoint
-- Called in the statement that accepts a call: whoever counts a number counts alone until its transaction ends, and sees what was
-- written before.
CREATE FUNCTION "parley"."take_attempt"(tenant text, e164 text, most int) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('number:' || tenant || ':' || e164, 0));
  IF parley.attempts_to(tenant, e164, NULL) >= most THEN
    RAISE EXCEPTION 'attempts_per_number' USING ERRCODE = 'PY001';
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint
-- Holds back what the longest call may cost, while what was spent and what is held back stay within the limit. `spent` was read at
-- `spent_at`; what was settled since counts too, and a little of what was settled before, rather twice than not at all. The caller has
-- the tenant's lock.
CREATE FUNCTION "parley"."reserve_spend"(dial jsonb, spend_limit numeric, spent numeric, spent_at timestamptz) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  d parley.dials := jsonb_populate_record(NULL::parley.dials, dial);
  held numeric;
BEGIN
  SELECT coalesce(sum(reserved_usd), 0) INTO held FROM parley.dials
  WHERE tenant_id = d.tenant_id AND settled_at IS NULL AND NOT (call_id = d.call_id AND leg = d.leg);
  SELECT held + coalesce(sum(usd), 0) INTO held FROM parley.dials
  WHERE tenant_id = d.tenant_id AND settled_at > spent_at - interval '2 seconds';
  IF spent + held + d.reserved_usd > spend_limit THEN RETURN false; END IF;
  INSERT INTO parley.dials (call_id, attempt, leg, tenant_id, trunk_id, number_hash, destination, usd_per_minute, usd_per_call,
    increment_seconds, reserved_usd)
  VALUES (d.call_id, d.attempt, d.leg, d.tenant_id, d.trunk_id, parley.number_hash(dial->>'phone_number'), d.destination,
    d.usd_per_minute, d.usd_per_call, d.increment_seconds, d.reserved_usd)
  ON CONFLICT (call_id, attempt, leg) DO UPDATE SET reserved_usd = excluded.reserved_usd, usd_per_minute = excluded.usd_per_minute,
    usd_per_call = excluded.usd_per_call, increment_seconds = excluded.increment_seconds, dialed_at = NULL, answered_at = NULL,
    ended_at = NULL, settled_at = NULL, usd = NULL;
  RETURN true;
END
$$;
--> statement-breakpoint
-- Asked right before a phone is dialled. What it forbids is told by the name of the rule.
CREATE FUNCTION "parley"."permit_dial"(
  dial jsonb, most_attempts int, spend_limit numeric, spent numeric, spent_at timestamptz
) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tenant text := dial->>'tenant_id';
  e164 text := dial->>'phone_number';
  hash bytea := parley.number_hash(dial->>'phone_number');
BEGIN
  IF NOT EXISTS (SELECT 1 FROM parley.dials WHERE call_id = dial->>'call_id' AND attempt = (dial->>'attempt')::int
    AND leg = dial->>'leg' AND settled_at IS NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('tenant:' || tenant, 0));
    IF NOT parley.reserve_spend(dial, spend_limit, spent, spent_at) THEN RETURN 'spend_per_day'; END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('number:' || tenant || ':' || e164, 0));
  IF EXISTS (SELECT 1 FROM parley.do_not_call WHERE number_hash = hash AND (tenant_id = tenant OR tenant_id IS NULL))
    THEN RETURN 'do_not_call'; END IF;
  IF (SELECT count(*) FROM parley.dials WHERE tenant_id = tenant AND number_hash = hash AND dialed_at > now() - interval '24 hours'
    AND NOT (call_id = dial->>'call_id' AND attempt = (dial->>'attempt')::int AND leg = dial->>'leg')) >= most_attempts
    THEN RETURN 'attempts_per_number'; END IF;
  UPDATE parley.dials SET dialed_at = coalesce(dialed_at, clock_timestamp())
  WHERE call_id = dial->>'call_id' AND attempt = (dial->>'attempt')::int AND leg = dial->>'leg';
  RETURN 'permitted';
END
$$;
--> statement-breakpoint
-- The formula of `telephony/rates.ts`.
CREATE FUNCTION "parley"."carrier_usd"(usd_per_minute numeric, usd_per_call numeric, increment_seconds int, seconds numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT trim_scale(usd_per_call
    + round(usd_per_minute * greatest(1, ceil(seconds / increment_seconds)) * increment_seconds / 60, 12))
$$;
--> statement-breakpoint
-- When an attempt is over its minutes are priced and what was held back is free again, in the transaction of the end, whoever writes
-- it. What was never dialled costs nothing and is no attempt.
CREATE FUNCTION "parley"."settle_dials"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  d parley.dials;
  answered timestamptz;
  over timestamptz;
  cost numeric;
  talked numeric;
BEGIN
  -- An attempt that was made has another number after it; one that keeps its number never rang.
  IF OLD.state = 'dispatching' OR (NEW.state <> 'ended' AND NEW.attempt = OLD.attempt) THEN
    DELETE FROM parley.dials WHERE call_id = OLD.id AND settled_at IS NULL;
    RETURN NEW;
  END IF;
  FOR d IN SELECT * FROM parley.dials WHERE call_id = OLD.id AND settled_at IS NULL LOOP
    answered := CASE WHEN d.leg = 'callee' THEN coalesce(NEW.answered_at, OLD.answered_at) ELSE d.answered_at END;
    over := coalesce(d.ended_at, NEW.ended_at, now());
    talked := extract(epoch FROM over - answered);
    cost := CASE WHEN answered IS NULL THEN 0
      ELSE parley.carrier_usd(d.usd_per_minute, d.usd_per_call, d.increment_seconds, talked) END;
    UPDATE parley.dials SET settled_at = clock_timestamp(), usd = cost,
      dialed_at = CASE WHEN d.leg = 'callee' THEN coalesce(dialed_at, OLD.dialed_at, now()) ELSE dialed_at END
    WHERE call_id = d.call_id AND attempt = d.attempt AND leg = d.leg;
    CONTINUE WHEN d.leg <> 'callee' AND d.dialed_at IS NULL;
    INSERT INTO parley.call_costs (call_id, component, provider, model, quantity, unit, usd, source, change_id)
    VALUES (d.call_id, 'telephony', d.trunk_id, d.destination, CASE WHEN answered IS NULL THEN 0 ELSE
      trim_scale(round(greatest(1, ceil(talked / d.increment_seconds)) * d.increment_seconds / 60.0, 6)) END,
      'minute', cost, 'list', gen_random_uuid());
    NEW.cost_usd := NEW.cost_usd + cost;
  END LOOP;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "settle_dials" BEFORE UPDATE ON "parley"."calls"
FOR EACH ROW WHEN (OLD.state IN ('dispatching', 'dialing', 'ringing', 'in_progress') AND NEW.state IN ('ended', 'scheduled', 'queued'))
EXECUTE FUNCTION "parley"."settle_dials"();
--> statement-breakpoint
-- As before, and what the call may cost is held back where it has a line. A browser call has its place once somebody has joined, and
-- for as long as a page needs to join before.
DROP FUNCTION "parley"."admit_call"(text, text[], text[], int, int, text, jsonb, uuid);
--> statement-breakpoint
CREATE FUNCTION "parley"."places_of"(tenant text, except_call text) RETURNS int
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (SELECT count(*) FROM parley.calls WHERE tenant_id = tenant AND state <> 'ended'
    AND state IN ('dispatching', 'dialing', 'ringing', 'in_progress') AND id IS DISTINCT FROM except_call
    AND NOT (direction = 'web' AND answered_at IS NULL AND created_at < now() - interval '15 seconds'));
END
$$;
--> statement-breakpoint
CREATE FUNCTION "parley"."admit_call"(
  admitted_id text, from_states text[], max_tenant_calls int, max_trunk_calls int,
  dial jsonb, spend_limit numeric, spent numeric, spent_at timestamptz,
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
  IF parley.places_of(admitted.tenant_id, admitted_id) >= max_tenant_calls THEN RETURN 'tenant'; END IF;
  IF (SELECT count(*) FROM parley.calls WHERE trunk_id = admitted.trunk_id AND state <> 'ended'
    AND state IN ('dispatching', 'dialing', 'ringing', 'in_progress')) >= max_trunk_calls THEN RETURN 'trunk'; END IF;
  IF NOT (admitted.state = ANY (from_states)) THEN RETURN 'gone'; END IF;
  IF NOT parley.reserve_spend(dial, spend_limit, spent, spent_at) THEN RETURN 'spend'; END IF;
  UPDATE parley.calls SET state = 'dispatching', state_since = now(), last_sequence = last_sequence + 1
  WHERE id = admitted_id AND state = ANY (from_states) RETURNING * INTO admitted;
  IF NOT FOUND THEN
    DELETE FROM parley.dials WHERE call_id = admitted_id AND settled_at IS NULL AND dialed_at IS NULL;
    RETURN 'gone';
  END IF;
  INSERT INTO parley.call_events (call_id, sequence, type, data, change_id)
  VALUES (admitted_id, admitted.last_sequence, event_type, event_data, event_change);
  RETURN 'admitted';
END
$$;
--> statement-breakpoint
-- Called in the statement that accepts a browser call.
CREATE FUNCTION "parley"."take_web_place"(tenant text, max_tenant_calls int, browser_key text, max_key_calls int) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tenant:' || tenant, 0));
  IF parley.places_of(tenant, NULL) >= max_tenant_calls OR (SELECT count(*) FROM parley.calls
    WHERE key_id = browser_key AND state <> 'ended') >= max_key_calls THEN
    RAISE EXCEPTION 'concurrent_calls' USING ERRCODE = 'PY002';
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint
-- Somebody has joined a browser call: from now on it has a place. False: it had none any more, and all are taken.
CREATE FUNCTION "parley"."join_web_call"(joined text, max_tenant_calls int) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  call parley.calls;
BEGIN
  SELECT * INTO call FROM parley.calls WHERE id = joined;
  IF call.answered_at IS NOT NULL THEN RETURN true; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tenant:' || call.tenant_id, 0));
  IF call.created_at < clock_timestamp() - interval '15 seconds' AND parley.places_of(call.tenant_id, joined) >= max_tenant_calls
    THEN RETURN false; END IF;
  UPDATE parley.calls SET answered_at = clock_timestamp() WHERE id = joined AND state = 'in_progress' AND answered_at IS NULL;
  RETURN true;
END
$$;
