import { and, eq, getTableColumns, inArray, isNull, lte, or, sql, type SQL, type WithSubquery } from 'drizzle-orm';
import type { CostLine, Turn } from '../../calls/call.ts';
import { statesBefore } from '../../calls/call-state.ts';
import { newId } from '../../calls/new-id.ts';
import type { Claim } from '../../calls/campaigns/campaign-ports.ts';
import type { AcceptedKey, CallChange, ChosenSince, Due, NewCall, NewEvent, SeenLease } from '../../calls/ports.ts';
import type { Queries } from '../connection/database.ts';
import { instantOf } from '../connection/instant.ts';
import { calls } from '../schema/calls.ts';
import { storableJson } from '../connection/storable.ts';
import { costChangeId, eventChangeId } from '../connection/write-once.ts';

type CallRow = typeof calls.$inferSelect;
const json = (value: unknown): SQL => sql`${storableJson(value)}::jsonb`;
const columnsOfCalls = getTableColumns(calls);
const allColumns = sql.raw(
  Object.values(columnsOfCalls)
    .map(({ name }) => `"${name}"`)
    .join(', '),
);
/** A WITH query that only writes. */
const writes = { call_id: sql<string>`call_id`.as('call_id') };

/**
 * One statement. Undefined: a call of that id was there already, or its recipient was not to be had.
 * @throws the unique violation of `idempotency_keys_pkey`, when another request has the key
 */
export async function insertCallRow(
  db: Queries,
  insert: { call: NewCall; event: NewEvent; key?: AcceptedKey; recipient?: Claim; changeId: string },
): Promise<CallRow | undefined> {
  const { call, event, key, recipient, changeId } = insert;
  const { webhooks = [], audit, counted: _counted, dispatchAt, ...columns } = call;
  const parts = [
    rowOf({ ...columns, lastSequence: 1 }, conditionOf(call, recipient)),
    sql`event AS (${addEvent({ event, changeId })})`,
  ];
  if (webhooks.length > 0) {
    const endpoints = webhooks.map((webhook) => ({ id: newId('webhook'), ...webhook }));
    parts.push(sql`endpoints AS (
      INSERT INTO parley.webhook_endpoints (id, tenant_id, call_id, kind, url, events, secret)
      SELECT e.id, written.tenant_id, written.id, e.kind, e.url, e.events, t.webhook_secret
      FROM written JOIN parley.tenants t ON t.id = written.tenant_id,
        jsonb_to_recordset(${json(endpoints)}) AS e(id text, kind text, url text, events text[]))`);
  }
  if (key)
    parts.push(sql`accepted AS (
      INSERT INTO parley.idempotency_keys (id, request_hash, response, expires_at)
      SELECT ${key.id}, ${key.requestHash}, ${json(key.response)}, now() + interval '24 hours' FROM written)`);
  if (audit)
    parts.push(sql`audited AS (
      INSERT INTO parley.audit_log (tenant_id, key_id, action, target, request_id, status)
      SELECT tenant_id, ${audit.keyId}, ${audit.action}, id, ${audit.requestId}, ${audit.status}::int FROM written)`);
  const hasJob = call.state !== 'in_progress';
  if (hasJob) parts.push(sql`job AS (${addJob(dispatchAt ?? call.notBefore ?? undefined, 'unsafe_dedupe')})`);
  const { rows } = await db.execute<Record<string, unknown>>(
    sql`WITH ${sql.join(parts, sql`, `)} SELECT ${allColumns} FROM written${hasJob ? sql`, job` : sql``}`,
  );
  return rows[0] && readRow(rows[0]);
}

/**
 * The row as one parameter. Every dispatch builds this text anew, and one for each of forty columns is most of the time that it
 * takes. The columns are named, so that a column that is added while a process runs changes nothing for it.
 */
function rowOf(values: Partial<CallRow>, condition: SQL | undefined): SQL {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[columnsOfCalls[name as keyof CallRow].name, value] as const],
  );
  const names = sql.raw(given.map(([name]) => `"${name}"`).join(', '));
  return sql`written AS (
    INSERT INTO parley.calls (${names})
    SELECT ${names} FROM jsonb_populate_record(NULL::parley.calls, ${json(Object.fromEntries(given))})
    ${condition ? sql`WHERE ${condition}` : sql``}
    ON CONFLICT DO NOTHING RETURNING ${allColumns})`;
}

/** A recipient of a campaign is claimed before anything is counted. */
function conditionOf(call: NewCall, recipient: Claim | undefined): SQL | undefined {
  const counted = call.counted && roomFor(call, call.counted);
  if (!recipient) return counted;
  const { campaignId, position, attempt, mostCalls } = recipient;
  return sql`CASE WHEN parley.claim_recipient(${campaignId}, ${position}::int, ${attempt}::int, ${call.id}, ${mostCalls}::int)
    THEN ${counted ?? sql`true`} ELSE false END`;
}

/** True, or an error of the database that `refusalOfCount` reads. */
function roomFor({ tenantId, phoneNumber, keyId = null }: NewCall, counted: NonNullable<NewCall['counted']>): SQL {
  return 'maxTenantCalls' in counted
    ? sql`parley.take_web_place(${tenantId}, ${counted.maxTenantCalls}::int, ${keyId}::text, ${counted.maxKeyCalls ?? null}::int)`
    : sql`parley.take_attempt(${tenantId}, ${phoneNumber ?? ''}, ${counted.attemptsPerNumberPerDay}::int)`;
}

function readRow(row: Record<string, unknown>): CallRow {
  return Object.fromEntries(
    Object.entries(columnsOfCalls).map(([name, column]) => {
      const value = row[column.name];
      return [name, value === null ? null : column.mapFromDriverValue(value)];
    }),
  ) as CallRow;
}

/** Asked in the statement itself: the campaign of a call may have been paused since the rules were. */
const campaignRuns = sql`NOT EXISTS (SELECT 1 FROM parley.campaign_attempts a JOIN parley.campaigns p ON p.id = a.campaign_id
  WHERE a.call_id = ${calls.id} AND p.state <> 'running')`;

/** One statement. Undefined: the compare-and-set failed. */
export async function changeCallRow(
  db: Queries,
  options: { change: CallChange; changeId: string },
): Promise<CallRow | undefined> {
  const { change, changeId } = options;
  const { callId, to, patch = {}, event, epoch, unheldSince, dispatchAt } = change;
  const allowed = statesBefore(to).filter((state) => change.from?.includes(state) ?? true);
  const waits = to === 'scheduled' || to === 'queued';
  const written = db.$with('written').as(
    db
      .update(calls)
      .set({
        state: to,
        stateSince: sql`now()`,
        lastSequence: sql`${calls.lastSequence} + 1`,
        ...(to === 'dialing' && { dialedAt: sql`now()` }),
        ...(to === 'in_progress' && { answeredAt: sql`now()` }),
        ...(to === 'ended' && { endedAt: sql`now()` }),
        ...(waits && { dialedAt: null, answeredAt: null, notBefore: dispatchAt ? instantOf(dispatchAt) : null }),
        ...((waits || to === 'ended') && { leaseOwner: null, leaseUntil: null }),
        ...patch,
        ...(patch.report && { report: sql`coalesce(${calls.report}, '{}') || ${json(patch.report)}` }),
      })
      .where(
        and(
          eq(calls.id, callId),
          inArray(calls.state, allowed),
          epoch === undefined ? undefined : eq(calls.leaseEpoch, epoch),
          unheldSince && isUnheldSince(unheldSince),
          to === 'dialing' ? campaignRuns : undefined,
        ),
      )
      .returning(),
  );
  const parts: WithSubquery[] = [written, eventOf(db, { event, changeId }), ...attemptOf(db, change)];
  // What was said to a machine is no part of the next attempt; its events still tell.
  if (waits)
    parts.push(
      db.$with('unsaid', writes).as(sql`
        DELETE FROM parley.call_turns t USING written WHERE t.call_id = written.id RETURNING t.call_id`),
    );
  if (!waits || !dispatchAt)
    return (
      await db
        .with(...parts)
        .select()
        .from(written)
    )[0];
  const job = dispatchJob(db, dispatchAt);
  const rows = await db
    .with(...parts, job)
    .select()
    .from(written)
    .crossJoin(job);
  return rows[0]?.written;
}

/** One statement. False: no such call. */
export async function appendToCall(
  db: Queries,
  append: {
    callId: string;
    changeId: string;
    epoch: number | undefined;
    events: NewEvent[];
    turns: Turn[];
    costs: CostLine[];
    answeredAt: Date | undefined;
    report: Record<string, unknown> | undefined;
    chosen: ChosenSince | undefined;
    unlessErased: boolean;
  },
): Promise<boolean> {
  const { callId, changeId, epoch, events, turns, costs, answeredAt, report, chosen, unlessErased } = append;
  const isLate = epoch === undefined ? sql`false` : sql`(state = 'ended' AND lease_epoch <> ${epoch})`;
  const added = sql`CASE WHEN ${isLate} THEN 0 ELSE ${events.length}::int END`;
  const parts: SQL[] = [
    sql`written AS (
      UPDATE parley.calls SET
        last_sequence = last_sequence + ${added},
        answered_at = coalesce(answered_at, ${answeredAt?.toISOString() ?? null}::timestamptz),
        ${chosen ? setChosen(chosen) : sql``}
        report = ${report ? sql`coalesce(report, '{}') || ${json(report)}` : sql`report`},
        cost_usd = cost_usd + (SELECT coalesce(sum(usd), 0) FROM jsonb_to_recordset(${json(costs)}) AS c(usd numeric))
      WHERE id = ${callId} ${unlessErased ? sql`AND erased_at IS NULL AND words_erased_at IS NULL` : sql``}
      RETURNING id, last_sequence, ${isLate} AS is_late)`,
  ];
  if (events.length > 0)
    parts.push(sql`events AS (
      INSERT INTO parley.call_events (call_id, sequence, type, at, data, change_id)
      SELECT id, last_sequence - ${events.length}::int + e.position, e.value->>'type',
        coalesce((e.value->>'at')::timestamptz, now()), coalesce(e.value->'data', '{}'),
        ${eventChangeId(changeId, sql`e.position`)}
      FROM written, jsonb_array_elements(${json(events)}) WITH ORDINALITY AS e(value, position) WHERE NOT is_late)`);
  if (turns.length > 0)
    parts.push(sql`turns AS (
      INSERT INTO parley.call_turns (call_id, index, role, text, started_ms, ended_ms, interrupted, agent,
        end_of_turn_ms, stt_ms, llm_first_token_ms, tts_first_audio_ms, total_ms,
        ended_by, silence_ms, expected, end_probability, noise_floor_dbfs, cut_off, talked_on_ms)
      SELECT id, t.index, t.role, t.text, round(t."startedMs"), round(t."endedMs"), t.interrupted, t.agent,
        round(l."endOfTurnMs"), round(l."sttMs"), round(l."llmFirstTokenMs"), round(l."ttsFirstAudioMs"), round(l."totalMs"),
        e."endedBy", round(e."silenceMs"), e.expected, e.probability, round(e."noiseFloorDbfs"), e."cutOff", round(e."talkedOnMs")
      FROM written,
        jsonb_to_recordset(${json(turns)}) AS t(index int, role text, text text, "startedMs" numeric, "endedMs" numeric,
          interrupted boolean, agent text, latency jsonb, ending jsonb),
        jsonb_to_record(coalesce(t.latency, '{}')) AS l("endOfTurnMs" numeric, "sttMs" numeric,
          "llmFirstTokenMs" numeric, "ttsFirstAudioMs" numeric, "totalMs" numeric),
        jsonb_to_record(coalesce(t.ending, '{}')) AS e("endedBy" text, "silenceMs" numeric, expected text,
          probability real, "noiseFloorDbfs" numeric, "cutOff" boolean, "talkedOnMs" numeric)
      ON CONFLICT (call_id, index) DO UPDATE SET text = excluded.text, started_ms = excluded.started_ms,
        ended_ms = excluded.ended_ms, interrupted = excluded.interrupted, end_of_turn_ms = excluded.end_of_turn_ms,
        stt_ms = excluded.stt_ms, llm_first_token_ms = excluded.llm_first_token_ms,
        tts_first_audio_ms = excluded.tts_first_audio_ms, total_ms = excluded.total_ms,
        ended_by = excluded.ended_by, silence_ms = excluded.silence_ms, expected = excluded.expected,
        end_probability = excluded.end_probability, noise_floor_dbfs = excluded.noise_floor_dbfs,
        cut_off = excluded.cut_off, talked_on_ms = excluded.talked_on_ms)`);
  if (costs.length > 0)
    parts.push(sql`costs AS (
      INSERT INTO parley.call_costs (call_id, component, provider, model, quantity, unit, usd, source, lost, change_id)
      SELECT id, c.component, c.provider, c.model, c.quantity, c.unit, c.usd, c.source, coalesce(c.lost, false),
        ${costChangeId(changeId, sql`c.position`)}
      FROM written, ROWS FROM (jsonb_to_recordset(${json(costs)})
        AS (component text, provider text, model text, quantity numeric, unit text, usd numeric, source text, lost boolean))
        WITH ORDINALITY AS c(component, provider, model, quantity, unit, usd, source, lost, position))`);
  const { rows } = await db.execute(sql`WITH ${sql.join(parts, sql`, `)} SELECT id FROM written`);
  return rows.length > 0;
}

function setChosen({ agent, pipeline, pipelineOverrides, variables }: ChosenSince): SQL {
  return sql`
        agent = coalesce(${agent ?? null}, agent), pipeline = coalesce(${pipeline ?? null}, pipeline),
        pipeline_overrides = coalesce(${pipelineOverrides ? json(pipelineOverrides) : sql`NULL`}, pipeline_overrides),
        variables = variables || ${json(variables ?? {})},`;
}

/** Nobody holds the lease of the call, by the database's clock. */
export function isUnheld(): SQL | undefined {
  return or(isNull(calls.leaseOwner), isNull(calls.leaseUntil), lte(calls.leaseUntil, sql`now()`));
}

function isUnheldSince({ leaseEpoch, leaseUntil }: SeenLease): SQL | undefined {
  const same = leaseUntil === null ? isNull(calls.leaseUntil) : eq(calls.leaseUntil, leaseUntil);
  return and(eq(calls.leaseEpoch, leaseEpoch), same, isUnheld());
}

function eventOf(db: Queries, added: { event: NewEvent; changeId: string }) {
  return db.$with('event', writes).as(addEvent(added));
}

function addEvent({ event, changeId }: { event: NewEvent; changeId: string }): SQL {
  return sql`INSERT INTO parley.call_events (call_id, sequence, type, at, data, change_id)
    SELECT id, last_sequence, ${event.type}, coalesce(${event.at?.toISOString() ?? null}::timestamptz, now()),
      ${json(event.data ?? {})}, ${changeId}::uuid FROM written
    RETURNING call_id`;
}

function dispatchJob(db: Queries, runAt: Due | undefined) {
  return db.$with('job', { job_id: sql<string>`job_id`.as('job_id') }).as(addJob(runAt, 'replace'));
}

/** `unsafe_dedupe` is half the work and enough for the first job of a call, whose key nobody has used yet. */
function addJob(runAt: Due | undefined, mode: 'replace' | 'unsafe_dedupe'): SQL {
  return sql`SELECT (graphile_worker.add_job('dispatch-call', json_build_object('callId', id),
    run_at := ${instantOf(runAt)}, job_key := 'dispatch:' || id,
    job_key_mode := ${mode})).id AS job_id FROM written`;
}

/** Keeps `call_attempts` in step with the call's state. */
function attemptOf(db: Queries, change: CallChange): WithSubquery[] {
  const { to, patch, attemptEnded = {} } = change;
  if (to === 'dialing')
    return [
      db.$with('attempt', writes).as(sql`
        INSERT INTO parley.call_attempts (call_id, attempt, tenant_id, phone_number, trunk_id, dialed_at)
        SELECT id, attempt, tenant_id, phone_number, trunk_id, dialed_at FROM written
        ON CONFLICT DO NOTHING RETURNING call_id`),
    ];
  if (to === 'in_progress')
    return [
      db.$with('attempt', writes).as(sql`
        UPDATE parley.call_attempts a SET answered_at = written.answered_at
        FROM written WHERE a.call_id = written.id AND a.ended_at IS NULL RETURNING a.call_id`),
    ];
  if (change.attemptUnmade)
    return [
      db.$with('attempt', writes).as(sql`
        DELETE FROM parley.call_attempts a USING written
        WHERE a.call_id = written.id AND a.attempt = written.attempt AND a.ended_at IS NULL RETURNING a.call_id`),
    ];
  if (to === 'scheduled' || to === 'queued' || to === 'ended') {
    const outcome = attemptEnded.outcome ?? patch?.outcome ?? null;
    const endReason = attemptEnded.endReason ?? patch?.endReason ?? null;
    return [
      db.$with('attempt', writes).as(sql`
        UPDATE parley.call_attempts a SET ended_at = now(), outcome = ${outcome}, end_reason = ${endReason},
          sip_status = ${attemptEnded.sipStatus ?? null}::int
        FROM written WHERE a.call_id = written.id AND a.ended_at IS NULL RETURNING a.call_id`),
    ];
  }
  return [];
}
