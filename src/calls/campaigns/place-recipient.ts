import { insideCallingWindow } from '../admission/inside-calling-window.ts';
import { operatorWindows } from '../admission/operator-window.ts';
import { CallError } from '../errors.ts';
import { idOfThing } from '../new-id.ts';
import { type CallRequest, planCall, type PlanCallDependencies } from '../place/place-call.ts';
import type { CallPlan } from '../place/call-plan.ts';
import type { Campaign, PauseReason, Recipient } from './campaign.ts';
import type { CampaignRunStore } from './campaign-ports.ts';
import { attemptsAgainMs } from './settle-attempts.ts';

export type PlaceRecipientDependencies = PlanCallDependencies & { campaigns: Pick<CampaignRunStore, 'place'> };
type Due = Pick<Recipient, 'position' | 'phoneNumber' | 'leadId' | 'variables' | 'attempts'>;

/**
 * `full`: there is no line for it now. `refused`: the campaign does not run any more, has enough calls, or somebody else called
 * this recipient.
 */
export type Placed =
  | { is: 'placed' | 'full' | 'refused' }
  | { is: 'later'; until: Date }
  | { is: 'skipped'; reason: string }
  | { is: 'stopped'; pause: { reason: PauseReason; detail: string } };

/** Places the next call to one recipient, through the same checks as any other call. */
export async function placeRecipient(
  recipient: Due,
  { campaign, mostCalls }: { campaign: Campaign; mostCalls: number },
  deps: PlaceRecipientDependencies,
): Promise<Placed> {
  const { id: campaignId } = campaign;
  const { position, phoneNumber } = recipient;
  if (phoneNumber === null) return { is: 'skipped', reason: 'The number was erased.' };
  const closed = await closedFor(phoneNumber, campaign, deps);
  if (closed) return closed;
  const attempt = recipient.attempts + 1;
  try {
    const { call, full } = await planCall(requestTo({ ...recipient, phoneNumber }, campaign), deps);
    if (call.notBefore) return { is: 'later', until: call.notBefore };
    if (full) return { is: 'full' };
    const id = idOfThing('call', { name: `${campaignId}:${position}:${attempt}`, madeAt: campaign.createdAt });
    const placed = await deps.campaigns.place(
      { campaignId, position, attempt, mostCalls },
      { ...call, id, leadId: recipient.leadId },
      { type: 'call.queued' },
    );
    return { is: placed ? 'placed' : 'refused' };
  } catch (error) {
    if (error instanceof CallError) return verdictOf(error);
    throw error;
  }
}

/** What is asked for as `POST /api/dispatch` would be. The campaign retries by itself. */
export function requestTo(
  { phoneNumber, position, variables }: Pick<Recipient, 'position' | 'variables'> & { phoneNumber: string },
  campaign: Campaign,
): CallRequest {
  const { id, tenantId, order } = campaign;
  return {
    tenantId,
    to: phoneNumber,
    agent: order.agent,
    from: order.from,
    trunkId: order.trunkId,
    playbook: order.playbook,
    variables: { ...order.variables, ...variables },
    pipeline: order.pipeline,
    metadata: { ...order.metadata, campaign_id: id, recipient: position },
    plan: planOfCampaign(campaign),
    limits: order.limits,
    webhooks: [],
  };
}

export function planOfCampaign({ order, notAfter }: Pick<Campaign, 'order' | 'notAfter'>): CallPlan {
  return { ...order.plan, ...(notAfter && { notAfter }) };
}

/** Asked before anything of the database: the hours of many numbers may be over at once. */
async function closedFor(to: string, campaign: Campaign, { rules }: PlanCallDependencies): Promise<Placed | undefined> {
  const objection = insideCallingWindow({
    now: new Date(),
    plan: planOfCampaign(campaign),
    operatorWindows: await operatorWindows(rules.callingWindow, to),
  });
  if (!objection || 'full' in objection) return undefined;
  return 'refused' in objection
    ? { is: 'skipped', reason: objection.refused }
    : { is: 'later', until: objection.waitUntil };
}

/** What forbids one call forbids one recipient; what is wrong with the order stops the campaign. */
function verdictOf({ code, message, details }: CallError): Placed {
  if (code === 'blocked') {
    const rule = String(details['rule']);
    if (rule === 'agent') return { is: 'stopped', pause: { reason: 'agent', detail: message } };
    if (rule === 'spend_per_day') return { is: 'stopped', pause: { reason: 'spend_per_day', detail: message } };
    return rule === 'attempts_per_number'
      ? { is: 'later', until: new Date(Date.now() + attemptsAgainMs) }
      : { is: 'skipped', reason: message };
  }
  if (code === 'invalid_number') return { is: 'skipped', reason: message };
  const reason = stoppedBy[code] ?? 'line';
  return { is: 'stopped', pause: { reason, detail: message } };
}

const stoppedBy: Partial<Record<CallError['code'], PauseReason>> = {
  agent_not_found: 'agent',
  pipeline_not_found: 'agent',
  pipeline_not_configured: 'agent',
  // They fitted when the recipient was added: the agent is another one now.
  invalid_variables: 'variables',
};
