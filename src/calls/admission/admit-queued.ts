import { carrierDial, minutesOf } from './carrier-dial.ts';
import { judgeCall, type RuleName } from './judge-call.ts';
import { readPlan } from '../place/call-plan.ts';
import { chooseTrunk } from '../trunks/choose-trunk.ts';
import type { AdmissionStore, Dial, TrunkSettingsStore } from './dispatch-ports.ts';
import { endCall } from '../end/end-call.ts';
import { CallError } from '../errors.ts';
import type { OperatorRules } from './operator-rules.ts';
import { operatorWindows } from './operator-window.ts';
import type { AgentDirectory, CallStore, DispatchRecord, Rooms } from '../ports.ts';
import { sendAgent } from '../place/send-agent.ts';

export type AdmitDependencies = {
  calls: CallStore;
  rooms: Pick<Rooms, 'dispatchAgent'>;
  agents: AgentDirectory;
  admission: Pick<AdmissionStore, 'figures' | 'admit' | 'listQueued' | 'queuePosition'>;
  trunks: Pick<TrunkSettingsStore, 'listRecent'>;
  rules: OperatorRules;
  /** Waits until letting a call in is nobody's loss, before each of them. */
  giveWay: () => Promise<void>;
  /** Told when LiveKit could not be asked; the sweeper asks again. */
  onUndispatched: (callId: string, error: unknown) => void;
};

/** How many calls are looked at in one go, and how many agents are asked for at once. */
const batch = 20;

/** The calls that wait no longer, and the first that does. */
export type Admitted = { settled: Set<string>; first: string | undefined };

/**
 * Lets the tenant's calls in, in the order in which they came, until one has to wait for room; calls of other trunks may
 * pass it. The rules are asked again: minutes or days may have passed since the call was accepted.
 */
export async function admitQueued(tenantId: string, deps: AdmitDependencies): Promise<Admitted> {
  const settled = new Set<string>();
  const fullTrunks = new Set<string | null>();
  for (;;) {
    const line = await deps.admission.listQueued(tenantId, batch);
    const dispatches: Promise<void>[] = [];
    let first: string | undefined;
    try {
      for (const record of line) {
        const full = fullTrunks.has(record.trunkId) ? 'trunk' : await letIn(record, deps, dispatches);
        if (!full) settled.add(record.id);
        else first ??= record.id;
        if (full === 'trunk') fullTrunks.add(record.trunkId);
        if (full === 'tenant') return { settled, first };
      }
    } finally {
      await Promise.all(dispatches);
    }
    if (line.length < batch || first !== undefined) return { settled, first };
  }
}

/** What is full, when the call has to wait for it. */
async function letIn(
  record: DispatchRecord,
  deps: AdmitDependencies,
  dispatches: Promise<void>[],
): Promise<'tenant' | 'trunk' | undefined> {
  await deps.giveWay();
  const judged = await judge(record, deps);
  if ('refused' in judged) {
    await block(record, judged, deps);
    return undefined;
  }
  if ('waitUntil' in judged) {
    await deps.calls.transition({
      callId: record.id,
      to: 'scheduled',
      from: ['queued'],
      event: { type: 'call.state', data: { state: 'scheduled', not_before: judged.waitUntil.toISOString() } },
      dispatchAt: judged.waitUntil,
    });
    return undefined;
  }
  if ('full' in judged) return judged.full;
  const admitted = await deps.admission.admit({
    dial: judged.dial,
    maxTenantCalls: deps.rules.maxCalls,
    maxTrunkCalls: judged.maxTrunkCalls,
    spendPerDayUsd: deps.rules.spendPerDayUsd,
    event: { type: 'call.state', data: { state: 'dispatching' } },
  });
  if (admitted.is === 'full') return admitted.of;
  if (admitted.is === 'admitted')
    // It never fails: a call without a session is the sweeper's.
    dispatches.push(sendAgent(deps, record).catch((error: unknown) => deps.onUndispatched(record.id, error)));
  return undefined;
}

type Judged =
  | { refused: string; rule: RuleName | 'trunk' }
  | { waitUntil: Date }
  | { full: 'tenant' | 'trunk' }
  | { maxTrunkCalls: number; dial: Dial };

async function judge(record: DispatchRecord, deps: AdmitDependencies): Promise<Judged> {
  const { tenantId } = record;
  const to = record.phoneNumber ?? '';
  try {
    const trunk = chooseTrunk(
      { trunkId: record.trunkId ?? undefined, from: record.fromNumber ?? undefined },
      { own: await deps.trunks.listRecent(tenantId), rules: deps.rules },
    );
    const dial = carrierDial(
      {
        callId: record.id,
        attempt: record.attempt,
        leg: 'callee',
        tenantId,
        trunkId: trunk.id,
        phoneNumber: to,
        maxMinutes: minutesOf(record, deps),
      },
      deps.rules,
    );
    const figures = await deps.admission.figures({ tenantId, trunkId: trunk.id, phoneNumber: to, callId: record.id });
    const objection = judgeCall({
      now: new Date(),
      agent: record.agent,
      agents: deps.agents,
      to,
      trunk,
      plan: readPlan(record.plan),
      campaign: record.campaign,
      operatorWindows: await operatorWindows(deps.rules.callingWindow, to),
      figures,
      carrierUsd: dial.reservedUsd,
      rules: deps.rules,
    });
    return objection ?? { maxTrunkCalls: trunk.maxCalls, dial };
  } catch (error) {
    if (error instanceof CallError) return { refused: error.message, rule: 'trunk' };
    throw error;
  }
}

/** The rule that ended it is in the final event and in the report. */
async function block(
  { id, plan }: DispatchRecord,
  { rule, refused }: { rule: string; refused: string },
  { calls }: AdmitDependencies,
): Promise<void> {
  const isLate = rule === 'calling_window' && readPlan(plan).notAfter !== undefined;
  const details = { rule, detail: refused };
  await endCall(
    { store: calls },
    {
      callId: id,
      reason: rule === 'agent' ? 'agent_not_found' : isLate ? 'not_after_passed' : 'blocked_by_rule',
      hungUpBy: 'parley',
      details,
      report: details,
    },
  );
}
