import type { Agent } from '../../agent-files/agent.ts';
import { getAgent } from '../agents/get-agent.ts';
import { CallError } from '../errors.ts';
import { newId } from '../new-id.ts';
import { checkVariables, knownVariables } from '../place/check-variables.ts';
import { checkedPipeline } from '../place/choose-pipeline.ts';
import { lineOf, type PlanCallDependencies } from '../place/place-call.ts';
import type { Campaign, CampaignOrder } from './campaign.ts';
import type { CampaignStore, NewCampaign } from './campaign-ports.ts';

export type CampaignRequest = Omit<NewCampaign, 'id' | 'trunkId'>;

type PlanDependencies = Pick<PlanCallDependencies, 'agents' | 'pipelines' | 'trunks' | 'sipTrunks' | 'rules'>;

/**
 * Makes every check of the order that needs no recipient. Nothing is written.
 * @throws CallError `agent_not_found`, `pipeline_not_found`, `pipeline_not_configured`, `invalid_variables`, `invalid_request`,
 *   `invalid_number`, `trunk_not_configured`
 */
export async function planCampaign(request: CampaignRequest, deps: PlanDependencies): Promise<NewCampaign> {
  const { tenantId, order } = request;
  const agent = getAgent(deps.agents, order.agent);
  await checkedPipeline({ agent, asked: order.pipeline, pipelines: deps.pipelines });
  checkOrder(order, agent);
  const trunk = await lineOf({ tenantId, trunkId: order.trunkId, from: order.from }, deps);
  return { ...request, id: newId('campaign'), trunkId: trunk.id };
}

/** Writes a campaign that was planned. It calls nobody until it is started. */
export function createCampaign(
  planned: NewCampaign,
  { campaigns }: { campaigns: Pick<CampaignStore, 'insertCampaign'> },
): Promise<Campaign> {
  return campaigns.insertCampaign(planned);
}

function checkOrder(order: CampaignOrder, agent: Agent): void {
  const { voicemail } = order.plan;
  const { message } = voicemail ?? {};
  if (voicemail?.action === 'leave_message' && !message && !agent.voicemail.message)
    throw new CallError('invalid_request', `The agent ${agent.name} has no message to leave. Send \`message\`.`, {
      field: 'voicemail.message',
    });
  // What is missing may come with each recipient; here only what no recipient could set right is refused.
  const names = knownVariables({ agent, playbook: order.playbook, message });
  const anything = Object.fromEntries(names.map((name) => [name, '–']));
  checkVariables({ agent, variables: { ...anything, ...order.variables }, playbook: order.playbook, message });
}
