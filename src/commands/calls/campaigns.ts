import { z } from 'zod';
import { askApi } from '../../caller/ask-api.ts';
import { campaignCommandNames } from '../../calls/campaigns/control-campaign.ts';
import type { Command } from '../command.ts';
import { apiHelp, apiOf, apiOptions } from '../running-api.ts';

const campaignSchema = z.object({
  campaign_id: z.string(),
  name: z.string(),
  status: z.string(),
  agent: z.string(),
  pause_reason: z.string().nullable(),
  pause_detail: z.string().nullable(),
  spent_usd: z.string(),
});
const detailSchema = campaignSchema.extend({
  progress: z.object({
    recipients: z.record(z.string(), z.number()),
    outcomes: z.record(z.string(), z.number()),
    calls: z.number(),
    answered: z.number(),
  }),
});

export const campaigns: Command = {
  help: `parley campaigns [list]
parley campaigns show CAMPAIGN_ID
parley campaigns start|pause|resume|cancel CAMPAIGN_ID

Lists the campaigns of a running Parley, shows the progress of one, and starts or stops it. docs/campaigns.md says how to make one.

  --json            as the API answers
${apiHelp}

Exit codes: 0 done, 1 the API could not be asked or refused, 2 the command was not understood.`,
  options: { json: { type: 'boolean' }, ...apiOptions },
  async run({ positionals: [verb = 'list', operand], values, config, out }) {
    const ask = (method: string, path: string) => askApi(apiOf(config, values), method, path);
    const write = (answer: unknown, text: (answer: unknown) => string) => {
      out.write(values['json'] ? `${JSON.stringify(answer, null, 2)}\n` : text(answer));
      return 0;
    };
    if (verb === 'list') return write(await ask('GET', '/api/campaigns?limit=50'), table);
    const path = `/api/campaigns/${encodeURIComponent(operand ?? '')}`;
    if (operand !== undefined && verb === 'show') return write(await ask('GET', path), progress);
    if (operand !== undefined && (campaignCommandNames as string[]).includes(verb))
      return write(await ask('POST', `${path}/${verb}`), progress);
    out.write(`${campaigns.help}\n`);
    return 2;
  },
};

function table(answer: unknown): string {
  const { campaigns: found } = z.object({ campaigns: z.array(campaignSchema) }).parse(answer);
  if (found.length === 0) return 'There are no campaigns.\n';
  return found
    .map(({ campaign_id: id, status, pause_reason: why, agent, spent_usd: spent, name }) =>
      [id, why ? `${status} (${why})` : status, agent, `${spent} USD`, name].join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function progress(answer: unknown): string {
  const {
    campaign_id: id,
    name,
    status,
    pause_detail: why,
    spent_usd: spent,
    progress: of,
  } = detailSchema.parse(answer);
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ') || 'nobody';
  return [
    `${id}  ${name}`,
    `${status}${why ? `: ${why}` : ''}`,
    `People: ${counts(of.recipients)}`,
    `Calls: ${of.calls}, ${of.answered} answered; ${spent} USD`,
    `Outcomes: ${counts(of.outcomes)}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}
