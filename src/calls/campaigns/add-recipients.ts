import { setImmediate as others } from 'node:timers/promises';
import { parsePhoneNumber } from '../../../telephony/index.ts';
import { getAgent } from '../agents/get-agent.ts';
import { CallError } from '../errors.ts';
import { checkVariables, knownVariables } from '../place/check-variables.ts';
import type { AgentDirectory, Lead } from '../ports.ts';
import type { Campaign, NewRecipient } from './campaign.ts';
import type { CampaignStore, LeadQuery } from './campaign-ports.ts';

/** Somebody to be called, as they were given. `where` says which one it was: a line, or a place in a list. */
export type Candidate = { where: number; to: string; leadId?: string | null; variables: Record<string, string> };

export type Rejected = { where: number; reason: string };
export type Addition = {
  added: number;
  /** Named more than once, or in the campaign already. */
  duplicates: number;
  rejected: number;
  /** The first of them, with why. */
  rejections: Rejected[];
};

type Of = Pick<Campaign, 'order'>;

/** Written with one statement. */
const rowsAtOnce = 1_000;
const mostRejections = 1_000;
/** After so many others come first. */
const readAtOnce = 25;

/**
 * Adds recipients to a campaign, each number once. One that does not fit is rejected by itself.
 * @throws CallError `agent_not_found`, `campaign_state`
 */
export async function addRecipients(
  campaign: Campaign,
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  { agents, campaigns }: { agents: AgentDirectory; campaigns: Pick<CampaignStore, 'addRecipients'> },
): Promise<Addition> {
  if (campaign.state === 'canceled')
    throw new CallError('campaign_state', 'The campaign was canceled. Make another one.', {
      details: { state: campaign.state },
    });
  const addition: Addition = { added: 0, duplicates: 0, rejected: 0, rejections: [] };
  let batch: NewRecipient[] = [];
  const flush = async () => {
    const added = await campaigns.addRecipients(campaign, batch);
    addition.added += added;
    addition.duplicates += batch.length - added;
    batch = [];
  };
  for await (const recipient of readCandidates(campaign, candidates, agents)) {
    if ('duplicate' in recipient) addition.duplicates += 1;
    else if ('reason' in recipient) {
      addition.rejected += 1;
      if (addition.rejections.length < mostRejections) addition.rejections.push(recipient);
    } else batch.push(recipient);
    if (batch.length >= rowsAtOnce) await flush();
  }
  await flush();
  return addition;
}

/** Each as it is kept, or why it is not. */
export async function* readCandidates(
  { order }: Of,
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  agents: AgentDirectory,
): AsyncGenerator<NewRecipient | Rejected | { duplicate: true }, void, undefined> {
  const agent = getAgent(agents, order.agent);
  const { message } = order.plan.voicemail ?? {};
  const seen = new Set<string>();
  let read = 0;
  for await (const { where, to, leadId = null, variables } of candidates) {
    if ((read += 1) % readAtOnce === 0) await others();
    const number = parsePhoneNumber(to);
    if ('problem' in number) yield { where, reason: `phone_number: ${number.message}` };
    else if (seen.has(number.e164)) yield { duplicate: true };
    else {
      const reason = misfit(() =>
        checkVariables({ agent, variables: { ...order.variables, ...variables }, playbook: order.playbook, message }),
      );
      if (reason === undefined) {
        seen.add(number.e164);
        yield { phoneNumber: number.e164, leadId, variables };
      } else yield { where, reason };
    }
  }
}

function misfit(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof CallError) return error.message;
    throw error;
  }
}

/** The names of the values that one recipient may bring. */
export function variablesOfRecipients({ order }: Of, agents: AgentDirectory): string[] {
  const { message } = order.plan.voicemail ?? {};
  return knownVariables({ agent: getAgent(agents, order.agent), playbook: order.playbook, message });
}

/** Leads as recipients: what the agent asks for by the name of a field of the lead, or of its data, is taken from there. */
export async function* leadsAsCandidates(
  { campaign, query }: { campaign: Of & Pick<Campaign, 'tenantId'>; query: LeadQuery },
  { agents, campaigns }: { agents: AgentDirectory; campaigns: Pick<CampaignStore, 'findLeads'> },
): AsyncGenerator<Candidate, void, undefined> {
  const names = variablesOfRecipients(campaign, agents);
  let where = 0;
  for (let after = '', more = true; more;) {
    const page = await campaigns.findLeads(campaign.tenantId, query, { after, limit: rowsAtOnce });
    for (const lead of page)
      yield {
        where: (where += 1),
        to: lead.phoneNumber ?? '',
        leadId: lead.id,
        variables: variablesOfLead(lead, names),
      };
    after = page.at(-1)?.id ?? '';
    more = page.length === rowsAtOnce;
  }
}

function variablesOfLead(lead: Lead, names: readonly string[]): Record<string, string> {
  const { name, company, email, phoneNumber, data } = lead;
  const fields: Record<string, unknown> = { name, company, email, phone_number: phoneNumber };
  return Object.fromEntries(
    names.flatMap((each) => {
      const value = fields[each] ?? data[each];
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return isPlain ? [[each, String(value)]] : [];
    }),
  );
}
