import { resultFields } from '../../agent-files/result.ts';
import { csvLine } from '../csv-line.ts';
import type { AgentDirectory } from '../ports.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore, RecipientResult } from './campaign-ports.ts';

const pageSize = 1_000;

const columns = {
  position: ({ position }) => position,
  phone_number: ({ phoneNumber }) => phoneNumber,
  lead_id: ({ leadId }) => leadId,
  status: ({ state }) => state,
  attempts: ({ attempts }) => attempts,
  outcome: ({ outcome }) => outcome,
  reason: ({ reason }) => reason,
  call_id: ({ callId }) => callId,
  answered_at: ({ answeredAt }) => answeredAt?.toISOString(),
  talked_seconds: ({ talkedSeconds }) => talkedSeconds,
  cost_usd: ({ costUsd }) => costUsd,
  success: ({ result }) => result?.success,
  sentiment: ({ result }) => result?.sentiment,
  summary: ({ result }) => result?.summary,
} as const satisfies Record<string, (recipient: RecipientResult) => unknown>;

/**
 * One line per recipient, with what came of the last call. Each field that the agent's `result:` asks for is a column
 * `result_<name>`: numbers as numbers, yes or no as `true` and `false`, lists with `; ` between their entries.
 */
export async function* exportResults(
  { id, order }: Pick<Campaign, 'id' | 'order'>,
  { agents, campaigns }: { agents: Pick<AgentDirectory, 'get'>; campaigns: Pick<CampaignStore, 'listRecipients'> },
): AsyncGenerator<string, void, undefined> {
  const asked = agents.get(order.agent)?.result;
  const fields = asked ? resultFields(asked).map(({ name }) => name) : [];
  yield csvLine([...Object.keys(columns), ...fields.map((field) => `result_${field}`)]);
  for (let after = 0, more = true; more;) {
    const page = await campaigns.listRecipients(id, { after, limit: pageSize });
    yield page
      .map((recipient) => {
        const values = recipient.result?.values ?? {};
        const cells = [...Object.values(columns).map((of) => of(recipient)), ...fields.map((field) => values[field])];
        return csvLine(cells.map(cellOf));
      })
      .join('');
    after = page.at(-1)?.position ?? after;
    more = page.length === pageSize;
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cellOf).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
