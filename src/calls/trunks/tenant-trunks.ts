import type { TrunkSettings, TrunkSettingsStore } from '../admission/dispatch-ports.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { CallError } from '../errors.ts';
import type { AnsweringRule, LivekitTrunk, SipTrunks } from './trunk-ports.ts';

export type TrunkDependencies = {
  sipTrunks: SipTrunks;
  trunks: TrunkSettingsStore;
  rules: OperatorRules;
  /** Trunks that belong to nobody, such as those of `parley trunk`, are this tenant's. */
  operatorTenantId: string;
};

/** A tenant's trunk: what was set for it, and what LiveKit has. */
export type TenantTrunk = {
  settings: TrunkSettings;
  /** Absent: it was deleted in LiveKit, so no call can go over it. */
  line: LivekitTrunk | undefined;
  /** Of an inbound trunk: who answers. */
  rule: AnsweringRule | undefined;
};

/** @throws CallError `sip_unavailable`, `livekit_unavailable` */
export async function tenantTrunks(tenantId: string, deps: TrunkDependencies): Promise<TenantTrunk[]> {
  const isOperator = tenantId === deps.operatorTenantId;
  const own = await deps.trunks.list(tenantId);
  // Whoever has no trunk needs no SIP service to be told so.
  if (own.length === 0 && !isOperator) return [];
  const [lines, rules, claimed] = await Promise.all([
    deps.sipTrunks.list(),
    deps.sipTrunks.listRules(),
    isOperator ? deps.trunks.listClaimed() : [],
  ]);
  const taken = new Set(claimed);
  const unclaimed = isOperator ? lines.filter(({ id }) => !taken.has(id)) : [];
  return [...own, ...unclaimed.map((line) => unset(line, tenantId))].map((settings) => ({
    settings,
    line: lines.find(({ id }) => id === settings.trunkId),
    rule: rules.find(({ trunkIds }) => trunkIds.includes(settings.trunkId)),
  }));
}

/** @throws CallError `trunk_not_found`, also for a trunk of another tenant */
export async function tenantTrunk(
  which: { id: string; tenantId: string },
  deps: TrunkDependencies,
): Promise<TenantTrunk> {
  const found = (await tenantTrunks(which.tenantId, deps)).find(({ settings }) => settings.trunkId === which.id);
  if (found) return found;
  throw new CallError('trunk_not_found', 'There is no such trunk. GET /api/trunks lists them.', { field: 'id' });
}

function unset({ id, direction }: LivekitTrunk, tenantId: string): TrunkSettings {
  return {
    tenantId,
    trunkId: id,
    direction,
    fromNumber: null,
    agent: null,
    allowedCountries: null,
    maxCalls: null,
    callsPerSecond: null,
  };
}
