import type { TrunkSettings } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import { getAgent } from '../agents/get-agent.ts';
import type { AgentDirectory } from '../ports.ts';
import { refuseBeyondRules, refuseForeignNumber } from './within-rules.ts';
import { type TenantTrunk, tenantTrunk, type TrunkDependencies } from './tenant-trunks.ts';

/** Absent fields stay; null takes the setting of the environment. */
export type TrunkChange = Partial<
  Pick<TrunkSettings, 'fromNumber' | 'allowedCountries' | 'maxCalls' | 'callsPerSecond'> & { agent: string }
>;

/**
 * Changes what is set for a trunk; with `agent`, who answers its calls from the next one on.
 * @throws CallError `trunk_not_found`, `agent_not_found`, `invalid_request`, `sip_unavailable`, `livekit_unavailable`
 */
export async function changeTrunk(
  request: { id: string; tenantId: string; change: TrunkChange },
  deps: TrunkDependencies & { agents: AgentDirectory },
): Promise<TenantTrunk> {
  const { change, tenantId } = request;
  const trunk = await tenantTrunk(request, deps);
  const wrong = misplaced(change, trunk.settings.direction);
  if (wrong)
    throw new CallError('invalid_request', `This trunk is ${trunk.settings.direction}. Leave \`${wrong}\` out.`);
  const settings = { ...trunk.settings, ...change };
  if (change.fromNumber !== undefined)
    refuseForeignNumber(settings.fromNumber, { numbers: trunk.line?.numbers ?? [], rules: deps.rules });
  refuseBeyondRules(settings, deps.rules);
  const { agent } = change;
  if (agent === undefined) {
    await deps.trunks.save(settings);
    return { ...trunk, settings };
  }
  getAgent(deps.agents, agent);
  const { trunkId } = settings;
  const rule = await deps.sipTrunks.saveRule({ ruleId: ownRule(trunk), trunkId, metadata: { agent, tenantId } });
  await deps.trunks.save(settings);
  return { ...trunk, settings, rule };
}

/** A rule that other trunks share is left to them. */
function ownRule({ rule }: TenantTrunk): string | undefined {
  return rule?.trunkIds.length === 1 ? rule.id : undefined;
}

function misplaced(change: TrunkChange, direction: TrunkSettings['direction']): string | undefined {
  if (direction === 'outbound') return change.agent === undefined ? undefined : 'agent';
  const { fromNumber, allowedCountries, maxCalls, callsPerSecond } = change;
  const outbound = {
    from_number: fromNumber,
    allowed_countries: allowedCountries,
    max_calls: maxCalls,
    calls_per_second: callsPerSecond,
  };
  return Object.entries(outbound).find(([, value]) => value !== undefined)?.[0];
}
