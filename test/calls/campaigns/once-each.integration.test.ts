import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { weekdays } from '../../../src/calls/admission/calling-window.ts';
import { forecastCampaign } from '../../../src/calls/campaigns/preview-campaign.ts';
import { campaigns as campaignCheck } from '../../../src/doctor/checks/campaigns.ts';
import { readCampaignFigures } from '../../../src/store/campaigns/campaign-figures.ts';
import { doNotCallStore } from '../../../src/store/people/do-not-call-store.ts';
import { aContext, linesOf } from '../../doctor/a-context.ts';
import { tenantId } from '../../store/open-store.ts';
import { numberOf, openCampaigns, type Rig } from './open-campaigns.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await openCampaigns();
});
afterAll(() => rig?.close());
afterEach(async () => {
  await rig.query('DELETE FROM parley.campaigns');
  await rig.query('DELETE FROM parley.calls');
  await rig.query('DELETE FROM parley.do_not_call');
});

const started = async (...of: Parameters<Rig['create']>) => rig.control(await rig.create(...of), 'start');

test.each(['before', 'after'] as const)(
  'a process that dies %s any statement of the job leaves nobody to be called twice, and nobody out',
  async (when) => {
    for (let dies = 1, died = true; died; dies += 1) {
      const campaign = await started({ recipients: 3, pacing: { maxCalls: 2 } });
      await rig.run(campaign);
      await rig.end((await rig.open(campaign))[0]!, 'caller_hung_up', { talkedSeconds: 30 });
      // One call to settle, one that goes on, one to place.
      died = await rig.dieAt(campaign, { statement: dies, when });
      await rig.run(campaign);
      await rig.run(campaign);
      expect((await rig.recipients(campaign)).map(({ state }) => state)).toEqual(['done', 'calling', 'calling']);
      expect(await rig.campaigns.progress(campaign.id)).toMatchObject({ calls: 3 });
      const { calls } = await rig.totals(campaign);
      expect(calls).toBe(3);
      await rig.query('DELETE FROM parley.campaigns');
      await rig.query('DELETE FROM parley.calls');
      expect(dies).toBeLessThan(20);
    }
  },
);

test('the forecast fills the hours at the pace of its lines, and says who is too late', async () => {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const weekday = weekdays[new Date(day).getUTCDay()]!;
  const window = { start: '09:00', end: '09:02', days: [weekday], timezone: 'UTC' };
  const campaign = await rig.create({
    recipients: 5,
    pacing: { maxCalls: 1 },
    order: { agent: 'reminder', variables: {}, metadata: {}, limits: {}, plan: { window } },
    notAfter: new Date(`${day}T12:00:00Z`),
  });
  await doNotCallStore(rig.database).add({ tenantId }, 'api', [{ phoneNumber: numberOf(1), reason: 'asked' }]);
  const { entries, callSeconds } = await forecastCampaign(campaign, rig.forecastDeps);
  expect(callSeconds).toBe(60);
  expect(entries).toMatchObject([
    { position: 1, at: new Date(`${day}T09:00:00Z`) },
    { position: 2, at: null, rule: 'do_not_call' },
    { position: 3, at: new Date(`${day}T09:01:00Z`) },
    { position: 4, at: null, rule: 'calling_window' },
    { position: 5, at: null, rule: 'calling_window' },
  ]);
});

test('a call of a campaign takes few statements beside those of any call', async () => {
  const campaign = await started({ recipients: 2, pacing: { maxCalls: 1 } });
  await rig.run(campaign);
  await rig.end((await rig.open(campaign))[0]!, 'caller_hung_up', { talkedSeconds: 30 });
  const sent = vi.spyOn(Client.prototype, 'query');
  // Settles one call and places the next: what happens once for each call, one at a time.
  await rig.run(campaign);
  const statements = sent.mock.calls.length;
  sent.mockRestore();
  expect((await rig.recipients(campaign)).map(({ state }) => state)).toEqual(['done', 'calling']);
  // Any other call takes twelve, two of which placing it is here.
  expect(statements).toBeLessThanOrEqual(9);
});

test('two jobs at once place each recipient’s call once', async () => {
  const campaign = await started({ recipients: 40, pacing: { maxCalls: 30 } });
  await Promise.all([rig.run(campaign), rig.run(campaign), rig.run(campaign)]);
  const [counted] = await rig.query<{ calls: number; numbers: number }>(
    'SELECT count(*)::int AS calls, count(DISTINCT phone_number)::int AS numbers FROM parley.calls',
  );
  expect(counted!.numbers).toBe(counted!.calls);
  expect(counted!.calls).toBeLessThanOrEqual(30);
});

test('a call that no worker takes shows that they are full; one that was taken does not, also where its worker died', async () => {
  const campaign = await started({ recipients: 1 });
  await rig.run(campaign);
  const [callId] = await rig.open(campaign);
  await rig.calls.transition({ callId: callId!, to: 'dispatching', event: { type: 'call.state' } });
  await rig.query("UPDATE parley.calls SET state_since = now() - interval '20 seconds'");
  const unattended = async () => (await rig.deps.campaigns.look(campaign.id))!.unattended;
  expect(await unattended()).toBe(1);
  await rig.calls.takeLease({ callId: callId!, owner: 'a worker that dies', seconds: 0 });
  expect(await unattended()).toBe(0);
});

test('metrics and doctor show who waits, which campaign paused by itself and why, and a job that nothing runs', async () => {
  const context = aContext({}, { database: () => rig.database });
  expect(await linesOf(campaignCheck, context)).toEqual(['skipped: No campaign is running.']);
  const [running, halted, byHand] = [
    await started({ recipients: 3, pacing: { maxCalls: 1 } }),
    await started(),
    await started(),
  ];
  await rig.create();
  await rig.run(running);
  await rig.deps.campaigns.pause(halted.id, { reason: 'agent', detail: 'agents/reminder.md:3 greeting: must be text' });
  await rig.control(byHand, 'pause');
  await rig.query('UPDATE parley.campaigns SET next_look_at = NULL WHERE id <> $1', [running.id]);
  expect(await readCampaignFigures(rig.database)).toEqual({
    campaigns: [
      { state: 'draft', count: 1 },
      { state: 'running', count: 1 },
      { state: 'paused', count: 2 },
    ],
    recipients: [
      { state: 'waiting', count: 2 },
      { state: 'calling', count: 1 },
    ],
    campaignOverdueSeconds: 0,
  });
  await rig.query("UPDATE parley.campaigns SET next_look_at = now() - interval '90 seconds' WHERE id = $1", [
    running.id,
  ]);
  expect((await readCampaignFigures(rig.database)).campaignOverdueSeconds).toBeGreaterThan(89);
  expect(await linesOf(campaignCheck, context)).toEqual([
    `warning: ${halted.id} paused by itself: agent. agents/reminder.md:3 greeting: must be text. → Remove the cause, then resume it: \`parley campaigns resume ${halted.id}\`.`,
    expect.stringMatching(
      /^warning: The job of a campaign is 9\d s late, so nobody is called\. → Start `parley serve`/,
    ),
    'ok: Running campaigns: 1. People who wait: 2; who are being called: 1.',
  ]);
});
