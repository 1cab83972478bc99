import { listHaltedCampaigns, readCampaignFigures } from '../../store/campaigns/campaign-figures.ts';
import { readMigrationState } from '../../store/migration-state.ts';
import type { Check } from '../check.ts';
import { type Finding, ok, skipped, warning } from '../finding.ts';

/** More are not named. */
const most = 5;
/** A job that is due is taken within a second; one that is lost with its process is made again within ten. */
const lateSeconds = 30;

export const campaigns: Check = {
  about:
    'Campaigns: those that paused by themselves, with the reason, and whether anything runs those that are to call.',
  needs: ['migrations'],
  async run(context) {
    const database = context.database();
    const { state } = await readMigrationState(database.pool);
    if (state === 'empty') return skipped('There is no campaign.');
    const { campaigns: byState, recipients, campaignOverdueSeconds } = await readCampaignFigures(database);
    const count = (of: { state: string; count: number }[], name: string) =>
      of.find((each) => each.state === name)?.count ?? 0;
    const running = count(byState, 'running');
    const halted = await listHaltedCampaigns(database, most);
    const findings: Finding[] = halted.map(({ id, reason, detail }) =>
      warning(
        `${id} paused by itself: ${reason}${detail ? `. ${detail.replace(/\.$/, '')}` : ''}.`,
        `Remove the cause, then resume it: \`parley campaigns resume ${id}\`.`,
      ),
    );
    if (campaignOverdueSeconds > lateSeconds)
      findings.push(
        warning(
          `The job of a campaign is ${Math.round(campaignOverdueSeconds)} s late, so nobody is called.`,
          'Start `parley serve`, which runs campaigns; its log says what fails: `docker compose logs serve`.',
        ),
      );
    if (running > 0)
      findings.push(
        ok(
          `Running campaigns: ${running}. People who wait: ${count(recipients, 'waiting')}; who are being called: ${count(recipients, 'calling')}.`,
        ),
      );
    return findings.length > 0 ? findings : skipped('No campaign is running.');
  },
};
