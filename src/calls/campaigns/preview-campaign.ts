import { type Candidate, readCandidates, type Rejected } from './add-recipients.ts';
import type { CampaignStore, NewCampaign } from './campaign-ports.ts';
import { type Forecast, forecast, type ForecastDependencies } from './forecast.ts';
import type { Campaign } from './campaign.ts';
import { CallError } from '../errors.ts';

const pageSize = 5_000;
/** More are not judged in one request. */
const mostRecipients = 100_000;

/** What a campaign would do with these people, who are written nowhere; their position is their place in the list. */
export async function previewCampaign(
  campaign: NewCampaign,
  candidates: AsyncIterable<Candidate>,
  deps: ForecastDependencies,
): Promise<Forecast & { duplicates: number; rejections: Rejected[] }> {
  const now = new Date();
  const waiting: { position: number; phoneNumber: string; dueAt: Date }[] = [];
  const rejections: Rejected[] = [];
  let duplicates = 0;
  for await (const read of readCandidates(campaign, candidates, deps.agents)) {
    if ('duplicate' in read) duplicates += 1;
    else if ('reason' in read) rejections.push(read);
    else waiting.push({ position: waiting.length + 1, phoneNumber: read.phoneNumber, dueAt: now });
  }
  return { ...(await forecast(campaign, waiting, deps)), duplicates, rejections };
}

/** What a campaign would do with its recipients who wait. */
export async function forecastCampaign(
  campaign: Campaign,
  deps: ForecastDependencies & { campaigns: Pick<CampaignStore, 'listRecipients'> },
): Promise<Forecast> {
  const waiting: { position: number; phoneNumber: string; dueAt: Date }[] = [];
  for (let after = 0, more = true; more;) {
    const page = await deps.campaigns.listRecipients(campaign.id, { state: 'waiting', after, limit: pageSize });
    for (const { position, phoneNumber, dueAt } of page)
      if (phoneNumber !== null) waiting.push({ position, phoneNumber, dueAt });
    if (waiting.length > mostRecipients)
      throw new CallError(
        'invalid_request',
        `More than ${mostRecipients} recipients wait. That is too many to look ahead.`,
      );
    after = page.at(-1)?.position ?? after;
    more = page.length === pageSize;
  }
  return forecast(campaign, waiting, deps);
}
