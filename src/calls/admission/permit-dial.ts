import type { Call } from '../call.ts';
import { readPlan } from '../place/call-plan.ts';
import type { AgentDirectory, CallStore } from '../ports.ts';
import { chooseTrunk } from '../trunks/choose-trunk.ts';
import { carrierDial, minutesOf } from './carrier-dial.ts';
import type { AdmissionStore, Dial, DialPermit, TrunkSettingsStore } from './dispatch-ports.ts';
import { judgeCall, momentaryRules, type RuleName } from './judge-call.ts';
import type { OperatorRules } from './operator-rules.ts';
import { operatorWindows } from './operator-window.ts';

export type PermitDependencies = {
  calls: Pick<CallStore, 'findForDispatch'>;
  agents: AgentDirectory;
  admission: Pick<AdmissionStore, 'permit'>;
  trunks: Pick<TrunkSettingsStore, 'listRecent'>;
  rules: OperatorRules;
};

/** Undefined: the phone may be dialled now, and counts as dialled. */
export type DialObjection = { refused: string; rule: RuleName } | { waitUntil: Date } | undefined;

/**
 * Every rule once more, right before the phone is dialled: minutes may have passed since the call was let in. What is counted is
 * counted with nobody counting beside it.
 */
export async function permitDial(call: Call, deps: PermitDependencies): Promise<DialObjection> {
  const { rules, agents } = deps;
  const { tenantId } = call;
  const to = call.phoneNumber ?? '';
  const record = await deps.calls.findForDispatch(call.id);
  const trunk = chooseTrunk(
    { trunkId: call.trunkId ?? undefined, from: call.fromNumber ?? undefined },
    { own: await deps.trunks.listRecent(tenantId), rules },
  );
  const dial = carrierDial(
    {
      callId: call.id,
      attempt: call.attempt,
      leg: 'callee',
      tenantId,
      trunkId: trunk.id,
      phoneNumber: to,
      maxMinutes: minutesOf(call, deps),
    },
    rules,
  );
  const objection = judgeCall(
    {
      now: new Date(),
      agent: call.agent,
      agents,
      to,
      trunk,
      plan: readPlan(record?.plan ?? {}),
      campaign: record?.campaign ?? null,
      operatorWindows: await operatorWindows(rules.callingWindow, to),
      figures: nothingCounted,
      carrierUsd: dial.reservedUsd,
      rules,
    },
    { except: ['do_not_call', ...momentaryRules] },
  );
  if (objection && 'refused' in objection) return objection;
  if (objection && 'waitUntil' in objection) return objection;
  return permitCounted(dial, deps);
}

/** Do-not-call, attempts and spend, as the database counts them at this moment. */
export async function permitCounted(
  dial: Dial,
  { admission, rules }: Pick<PermitDependencies, 'admission' | 'rules'>,
): Promise<{ refused: string; rule: RuleName } | undefined> {
  const { attemptsPerNumberPerDay, spendPerDayUsd } = rules;
  const found = await admission.permit({ dial, attemptsPerNumberPerDay, spendPerDayUsd });
  return found === 'permitted' ? undefined : { rule: found, refused: sentences[found](dial, rules) };
}

const sentences: Record<Exclude<DialPermit, 'permitted'>, (dial: Dial, rules: OperatorRules) => string> = {
  do_not_call: ({ phoneNumber }) => `${phoneNumber} is on the do-not-call list.`,
  attempts_per_number: ({ phoneNumber }, { attemptsPerNumberPerDay }) =>
    `${phoneNumber} was dialled ${attemptsPerNumberPerDay} times in 24 hours; PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY allows no more.`,
  spend_per_day: (_, { spendPerDayUsd }) =>
    `What was spent in 24 hours and what running calls may still cost leave nothing for this one; PARLEY_SPEND_PER_DAY_USD allows ${spendPerDayUsd}.`,
};

/** Figures for the rules that count nothing. */
export const nothingCounted = {
  tenantCalls: 0,
  trunkCalls: 0,
  trunkPreparing: 0,
  tenantQueued: 0,
  attemptsToNumber: 0,
  spentUsd: '0',
  reservedUsd: '0',
  doNotCall: false,
};
