import { getTableColumns, sql } from 'drizzle-orm';
import type { Call, CostLine, Turn, TurnEnding, TurnLatency } from '../../calls/call.ts';
import { readPlan } from '../../calls/place/call-plan.ts';
import type { DispatchRecord } from '../../calls/ports.ts';
import { type callCosts, type callTurns, calls } from '../schema/calls.ts';

type CallRow = typeof calls.$inferSelect;

/** The row in the program's terms, without what only the store and the dispatcher look at. */
export function toCall(row: CallRow): Call {
  const { plan, notBefore: _notBefore, stateSince: _since, ...withLease } = row;
  const { leaseOwner: _owner, leaseUntil: _until, leaseEpoch: _epoch, ...rest } = withLease;
  const { erasedAt: _erased, wordsErasedAt: _words, keyId: _key, lastSequence: _sequence, ...call } = rest;
  const { voicemail } = readPlan(plan);
  return voicemail ? { ...call, voicemail } : call;
}

/**
 * A row for a session that goes on with it. `answered_at` is what another machine's clock said; a call has not talked for longer
 * than it has been in its state.
 */
export const leaseColumns = {
  ...getTableColumns(calls),
  talkedSeconds: sql<number>`extract(epoch FROM now() - greatest(${calls.stateSince},
    CASE WHEN ${calls.answeredAt} <= now() THEN ${calls.answeredAt} END))::float8`,
};

/** A row with what only the database's clock knows. */
export const dispatchColumns = {
  ...getTableColumns(calls),
  lease: sql<DispatchRecord['lease']>`CASE WHEN ${calls.leaseUntil} IS NULL THEN 'free'
    WHEN ${calls.leaseUntil} > now() THEN 'held' ELSE 'lapsed' END`,
  lapsedSeconds: sql<number>`coalesce(greatest(extract(epoch FROM now() - ${calls.leaseUntil}), 0), 0)::float8`,
  campaign: sql<DispatchRecord['campaign']>`(SELECT p.state FROM parley.campaign_attempts a
    JOIN parley.campaigns p ON p.id = a.campaign_id WHERE a.call_id = calls.id)`,
  stateSeconds: sql<number>`extract(epoch FROM now() - ${calls.stateSince})::float8`,
  dueInSeconds: sql<number>`coalesce(greatest(extract(epoch FROM ${calls.notBefore} - now()), 0), 0)::float8`,
};

export function toDispatchRecord(
  row: CallRow & Pick<DispatchRecord, 'campaign' | 'lease' | 'lapsedSeconds' | 'stateSeconds' | 'dueInSeconds'>,
): DispatchRecord {
  const { erasedAt: _erased, wordsErasedAt: _words, keyId: _key, ...rest } = row;
  const { lastSequence: _sequence, ...record } = rest;
  return record;
}

const latencyColumns = [
  'endOfTurnMs',
  'sttMs',
  'llmFirstTokenMs',
  'ttsFirstAudioMs',
  'totalMs',
] as const satisfies (keyof TurnLatency)[];

export function toTurn(row: typeof callTurns.$inferSelect): Turn {
  const { index, role, text, startedMs, endedMs, interrupted, agent } = row;
  const latency: TurnLatency = {};
  for (const column of latencyColumns) {
    const ms = row[column];
    if (ms !== null) latency[column] = ms;
  }
  const ending = endingOf(row);
  return {
    index,
    role,
    text,
    startedMs,
    endedMs,
    interrupted,
    ...(agent !== null && { agent }),
    ...(Object.keys(latency).length > 0 && { latency }),
    ...(ending && { ending }),
  };
}

function endingOf(row: typeof callTurns.$inferSelect): TurnEnding | undefined {
  const { endedBy, silenceMs, expected, endProbability, noiseFloorDbfs, cutOff, talkedOnMs } = row;
  if (endedBy === null || silenceMs === null || expected === null) return undefined;
  return {
    endedBy,
    silenceMs,
    expected,
    ...(endProbability !== null && { probability: endProbability }),
    ...(noiseFloorDbfs !== null && { noiseFloorDbfs }),
    ...(cutOff !== null && { cutOff }),
    ...(talkedOnMs !== null && { talkedOnMs }),
  };
}

export function toCostLine(row: typeof callCosts.$inferSelect): CostLine {
  const { component, provider, model, quantity, unit, usd, source, lost } = row;
  return { component, provider, model, quantity, unit, usd, source, ...(lost && { lost }) };
}
