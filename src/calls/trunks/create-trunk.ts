import type { TrunkSettings } from '../admission/dispatch-ports.ts';
import { getAgent } from '../agents/get-agent.ts';
import type { AgentDirectory } from '../ports.ts';
import type { LivekitTrunk, NewInboundTrunk, NewOutboundTrunk } from './trunk-ports.ts';
import { refuseBeyondRules, refuseForeignNumber } from './within-rules.ts';
import type { TenantTrunk, TrunkDependencies } from './tenant-trunks.ts';

type Limits = Pick<TrunkSettings, 'allowedCountries' | 'maxCalls' | 'callsPerSecond'>;

export type TrunkRequest =
  | { tenantId: string; line: NewOutboundTrunk; fromNumber: string | null; limits: Limits }
  | { tenantId: string; line: NewInboundTrunk; agent: string };

/**
 * Makes a trunk in LiveKit and, for calls that come in, the rule by which its agent answers. What was made is taken back when
 * a later step fails.
 * @throws CallError `agent_not_found`, `invalid_request`, `trunk_exists`, `sip_unavailable`, `livekit_unavailable`
 */
export async function createTrunk(
  request: TrunkRequest,
  deps: TrunkDependencies & {
    agents: AgentDirectory;
    /** Refuses a carrier in the operator's own network. @throws CallError `invalid_request` */
    checkCarrierAddress: (address: string) => Promise<void>;
  },
): Promise<TenantTrunk> {
  const { sipTrunks, trunks, rules } = deps;
  if (request.line.direction === 'outbound') {
    const { tenantId, line } = request;
    if (tenantId !== deps.operatorTenantId) await deps.checkCarrierAddress(line.address);
    if ('limits' in request) {
      const fromNumber = request.fromNumber ?? line.numbers[0] ?? null;
      refuseForeignNumber(fromNumber, { numbers: line.numbers, rules });
      refuseBeyondRules({ tenantId, fromNumber, ...request.limits }, rules);
    }
  }
  if ('agent' in request) getAgent(deps.agents, request.agent);
  const line = await sipTrunks.create(request.line);
  try {
    const settings = settingsOf(request, line);
    const metadata = { agent: settings.agent ?? '', tenantId: request.tenantId };
    const rule = 'agent' in request ? await sipTrunks.saveRule({ trunkId: line.id, metadata }) : undefined;
    try {
      await trunks.save(settings);
    } catch (error) {
      if (rule) await sipTrunks.removeRule(rule.id).catch(() => undefined);
      throw error;
    }
    return { settings, line, rule };
  } catch (error) {
    await sipTrunks.remove(line.id).catch(() => undefined);
    throw error;
  }
}

function settingsOf(request: TrunkRequest, line: LivekitTrunk): TrunkSettings {
  const { tenantId } = request;
  const common = { tenantId, trunkId: line.id, direction: line.direction };
  if ('agent' in request)
    return {
      ...common,
      fromNumber: null,
      agent: request.agent,
      allowedCountries: null,
      maxCalls: null,
      callsPerSecond: null,
    };
  return { ...common, agent: null, fromNumber: request.fromNumber ?? line.numbers[0] ?? null, ...request.limits };
}
