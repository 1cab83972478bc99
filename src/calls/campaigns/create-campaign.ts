import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../../agent-files/agent.ts';
import { getAgent } from '../agents/get-agent.ts';
import { CallError } from '../errors.ts';
import { idOfThing, newId } from '../new-id.ts';
import { checkVariables, knownVariables } from '../place/check-variables.ts';
import { checkedPipeline } from '../place/choose-pipeline.ts';
import { lineOf, type PlanCallDependencies } from '../place/place-call.ts';
import type { Campaign, CampaignOrder } from './campaign.ts';
import type { CampaignStore, NewCampaign } from './campaign-ports.ts';

export type CampaignRequest = Omit<NewCampaign, 'id' | 'trunkId'>;

type PlanDependencies = Pick<PlanCallDependencies, 'agents' | 'pipelines' | 'trunks' | 'sipTrunks' | 'rules'>;

/**
 * Makes every check of the order that needs no recipient. Nothing is written.
 * @param once Under which the same order is the same campaign, however often it is asked for
 * @throws CallError `agent_not_found`, `pipeline_not_found`, `pipeline_not_configured`, `invalid_variables`, `invalid_request`,
 *   `invalid_number`, `trunk_not_configured`
 */
export async function planCampaign(
  request: CampaignRequest,
  deps: PlanDependencies,
  once?: string,
): Promise<NewCampaign> {
  const { tenantId, order } = request;
  const agent = getAgent(deps.agents, order.agent);
  await checkedPipeline({ agent, asked: order.pipeline, pipelines: deps.pipelines });
  checkOrder(order, agent);
  const trunk = await lineOf({ tenantId, trunkId: order.trunkId, from: order.from }, deps);
  const id = once === undefined ? newId('campaign') : idOfThing('campaign', { name: once, madeAt: new Date(0) });
  return { ...request, id, trunkId: trunk.id };
}

/**
 * Writes a campaign that was planned, or answers the one that is there. It calls nobody until it is started.
 * @throws CallError `idempotency_conflict`
 */
export async function createCampaign(
  planned: NewCampaign,
  { campaigns }: { campaigns: Pick<CampaignStore, 'insertCampaign'> },
): Promise<Campaign> {
  const campaign = await campaigns.insertCampaign(planned);
  if (campaign.name === planned.name && isDeepStrictEqual(campaign.order, asStored(planned.order))) return campaign;
  throw new CallError(
    'idempotency_conflict',
    'This Idempotency-Key was used for another campaign. Send a new key with a new campaign.',
    { field: 'Idempotency-Key' },
  );
}

const asStored = (order: CampaignOrder) => JSON.parse(JSON.stringify(order)) as unknown;

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
