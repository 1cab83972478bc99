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

