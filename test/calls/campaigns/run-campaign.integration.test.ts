import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { admitQueued } from '../../../src/calls/admission/admit-queued.ts';
import { permitDial } from '../../../src/calls/admission/permit-dial.ts';
import type { Campaign } from '../../../src/calls/campaigns/campaign.ts';
import { pauseRestoredCampaigns } from '../../../src/calls/campaigns/pause-restored.ts';
import { doNotCallStore } from '../../../src/store/people/do-not-call-store.ts';
import { personalDataStore } from '../../../src/store/people/personal-data-store.ts';
import { otherTenantId, tenantId } from '../../store/open-store.ts';
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
  await rig.query('DELETE FROM graphile_worker._private_jobs');
  rig.paused.length = 0;
});

const states = async (campaign: Campaign) => (await rig.recipients(campaign)).map(({ state }) => state);
const started = async (...of: Parameters<Rig['create']>) => {
  const campaign = await rig.create(...of);
  return rig.control(campaign, 'start');
};
const jobOf = async (campaign: Campaign) =>
  (
    await rig.query<{ run_at: Date }>('SELECT run_at FROM graphile_worker.jobs WHERE key = $1', [
      `campaign:${campaign.id}`,
    ])
  )[0];

describe('a campaign', () => {
  test('calls nobody before it is started, and then so many at once as its pace says', async () => {
    const campaign = await rig.create({ recipients: 5, pacing: { maxCalls: 2 } });
    await rig.run(campaign);
    expect(await rig.open(campaign)).toEqual([]);
    await rig.control(campaign, 'start');
    expect(await jobOf(campaign)).toBeDefined();
    await rig.run(campaign);
    await rig.run(campaign);
    expect(await rig.open(campaign)).toHaveLength(2);
    expect(await states(campaign)).toEqual(['calling', 'calling', 'waiting', 'waiting', 'waiting']);
  });

  test('goes on when a call ends, by a job that the end made, and is completed after the last', async () => {
    const campaign = await started({ recipients: 2, pacing: { maxCalls: 1 } });
    await rig.run(campaign);
    await rig.query('DELETE FROM graphile_worker._private_jobs');
    await rig.end((await rig.open(campaign))[0]!, 'caller_hung_up', { talkedSeconds: 30 });
    expect(await jobOf(campaign)).toBeDefined();
    await rig.run(campaign);
    expect(await states(campaign)).toEqual(['done', 'calling']);
    await rig.end((await rig.open(campaign))[0]!, 'ring_timeout');
    await rig.run(campaign);
    await rig.run(campaign);
    expect(await rig.find(campaign)).toMatchObject({ state: 'completed', endedAt: expect.any(Date) });
    expect((await rig.recipients(campaign)).map(({ outcome }) => outcome)).toEqual(['completed', 'no_answer']);
    expect(await rig.campaigns.progress(campaign.id)).toMatchObject({ calls: 2, answered: 1, recipients: { done: 2 } });
  });

  test('places ordinary calls, which say whose they are', async () => {
    const campaign = await started({
      recipients: 1,
      order: { agent: 'reminder', variables: {}, metadata: { list: 'a' }, limits: {}, plan: {} },
    });
    await rig.run(campaign);
    const [id] = await rig.open(campaign);
    expect(await rig.calls.findCall(id!)).toMatchObject({
      state: 'queued',
      phoneNumber: numberOf(0),
      agent: 'reminder',
      metadata: { list: 'a', campaign_id: campaign.id, recipient: 1 },
    });
    expect(await rig.query('SELECT 1 FROM graphile_worker.jobs WHERE key = $1', [`dispatch:${id}`])).toHaveLength(1);
  });

  test('calls again whom it did not reach, as often as its retry rule says, and no other', async () => {
    const retry = { maxAttempts: 2, on: ['no_answer'], delaysSeconds: [3600] } as const;
    const campaign = await started({ recipients: 2, retry });
    await rig.run(campaign);
    const [first, second] = await rig.open(campaign);
    await rig.end(first!, 'ring_timeout');
    await rig.end(second!, 'busy');
    await rig.run(campaign);
    const [waits, over] = await rig.recipients(campaign);
    expect(waits).toMatchObject({ state: 'waiting', attempts: 1, tries: 1 });
    expect(waits!.dueAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    expect(over).toMatchObject({ state: 'done', outcome: 'busy' });
    await rig.query("UPDATE parley.campaign_recipients SET due_at = now() WHERE state = 'waiting'");
    await rig.run(campaign);
    const [again] = await rig.open(campaign);
    expect(again).not.toBe(first);
    await rig.end(again!, 'ring_timeout');
    await rig.run(campaign);
    expect((await rig.recipients(campaign))[0]).toMatchObject({ state: 'done', attempts: 2, outcome: 'no_answer' });
  });

  test('that is paused or canceled has none of its calls dialled: neither one that waits in line nor one at the phone', async () => {
    const campaign = await started({ recipients: 2 });
    await rig.run(campaign);
    const [id, other] = await rig.open(campaign);
    await rig.calls.transition({ callId: other!, to: 'dispatching', event: { type: 'call.state' } });
    await rig.control(campaign, 'pause');
    const dial = await permitDial((await rig.calls.findCall(other!))!, {
      ...rig.deps,
      calls: rig.calls,
      admission: rig.admission,
    });
    expect(dial).toEqual({ rule: 'campaign', refused: 'The campaign is paused.' });
    // Nor one that had passed the rules before.
    expect(await rig.calls.transition({ callId: other!, to: 'dialing', event: { type: 'call.dialing' } })).toBeNull();
    await admit();
    expect(await rig.calls.findCall(id!)).toMatchObject({ outcome: 'blocked', report: { rule: 'campaign' } });
    await rig.run(campaign);
    expect((await rig.recipients(campaign))[0]).toMatchObject({ state: 'waiting', attempts: 1, tries: 0 });
    await rig.run(campaign);
    expect((await rig.recipients(campaign))[0]).toMatchObject({ attempts: 1 });
    await rig.control(campaign, 'resume');
    await rig.run(campaign);
    expect((await rig.recipients(campaign))[0]).toMatchObject({ state: 'calling', attempts: 2 });
    await rig.control(campaign, 'cancel');
    await rig.run(campaign);
    await expect(rig.control(campaign, 'resume')).rejects.toMatchObject({ code: 'campaign_state' });
  });

  test('is canceled with everybody who waits', async () => {
    const campaign = await started({ recipients: 3, pacing: { maxCalls: 1 } });
    await rig.run(campaign);
    await rig.control(campaign, 'cancel');
    await rig.run(campaign);
    expect(await states(campaign)).toEqual(['calling', 'canceled', 'canceled']);
    const nextLook = async () =>
      (await rig.query<{ at: Date | null }>('SELECT next_look_at AS at FROM parley.campaigns'))[0]!.at;
    // Should the job that the end of the call makes be lost.
    expect(await nextLook()).not.toBeNull();
    await rig.end((await rig.open(campaign))[0]!, 'ring_timeout');
    await rig.run(campaign);
    expect(await states(campaign)).toEqual(['done', 'canceled', 'canceled']);
    expect(await nextLook()).toBeNull();
  });

  test('skips whom a rule forbids to call, and says why', async () => {
    await doNotCallStore(rig.database).add({ tenantId }, 'api', [{ phoneNumber: numberOf(0), reason: 'asked' }]);
    const campaign = await started({ recipients: 2 });
    await rig.run(campaign);
    const [skipped, called] = await rig.recipients(campaign);
    expect(skipped).toMatchObject({ state: 'skipped', attempts: 0, reason: expect.stringContaining('do-not-call') });
    expect(called).toMatchObject({ state: 'calling' });
  });

  test('waits for its hours without placing a call, and gives up whom it cannot reach before its end', async () => {
    const tomorrow = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[(new Date().getUTCDay() + 2) % 7]!;
    const window = { start: '09:00', end: '17:00', days: [tomorrow], timezone: 'UTC' };
    const order = { agent: 'reminder', variables: {}, metadata: {}, limits: {}, plan: { window } };
    const campaign = await started({ recipients: 1, order });
    await rig.run(campaign);
    expect(await states(campaign)).toEqual(['waiting']);
    const late = await started({ recipients: 1, from: 1, order, notAfter: new Date(Date.now() + 1000) });
    await rig.run(late);
    expect((await rig.recipients(late))[0]).toMatchObject({ state: 'skipped' });
  });

  test('pauses and says so when its agent breaks, or asks for what no recipient brings', async () => {
    const campaign = await started({ recipients: 1 });
    rig.problems.set('reminder', 'agents/reminder.md:3 greeting: must be text');
    await rig.run(campaign);
    rig.problems.clear();
    expect(await rig.find(campaign)).toMatchObject({
      state: 'paused',
      pauseReason: 'agent',
      pauseDetail: 'agents/reminder.md:3 greeting: must be text',
    });
    expect(rig.paused).toMatchObject([{ reason: 'agent' }]);
    await rig.control(campaign, 'resume');
    rig.agent.variables = { name: null };
    await rig.run(campaign);
    rig.agent.variables = {};
    expect(await rig.find(campaign)).toMatchObject({
      state: 'paused',
      pauseReason: 'variables',
      pauseDetail: expect.stringContaining('name'),
    });
    expect(await states(campaign)).toEqual(['waiting']);
  });

  test('pauses when too many calls fail, and counts anew when it is resumed', async () => {
    const breaker = {
      calls: 10,
      minCalls: 2,
      maxFailedShare: 0.5,
      maxOptOutShare: 1,
      maxShortShare: 1,
      shortSeconds: 5,
    };
    const campaign = await started({ recipients: 6, pacing: { maxCalls: 2 }, breaker });
    await rig.run(campaign);
    for (const id of await rig.open(campaign)) await rig.end(id, 'trunk_rejected');
    await rig.run(campaign);
    await rig.run(campaign);
    expect(await rig.find(campaign)).toMatchObject({ state: 'paused', pauseReason: 'breaker_failures' });
    await rig.control(campaign, 'resume');
    await rig.run(campaign);
    expect(await rig.find(campaign)).toMatchObject({ state: 'running', pauseReason: null });
    expect(await rig.open(campaign)).toHaveLength(2);
  });

  test('pauses when people ask not to be called again', async () => {
    const breaker = {
      calls: 10,
      minCalls: 1,
      maxFailedShare: 1,
      maxOptOutShare: 0.5,
      maxShortShare: 1,
      shortSeconds: 5,
    };
    const campaign = await started({ recipients: 2, pacing: { maxCalls: 1 }, breaker });
    await rig.run(campaign);
    const [id] = await rig.open(campaign);
    await doNotCallStore(rig.database).add({ tenantId }, 'agent', [{ phoneNumber: numberOf(0), reason: 'asked' }]);
    await rig.end(id!, 'caller_hung_up', { talkedSeconds: 20 });
    await rig.run(campaign);
    await rig.run(campaign);
    expect(await rig.find(campaign)).toMatchObject({ state: 'paused', pauseReason: 'breaker_opt_outs' });
  });

  test('leaves places to people who call in, and shares the others with another one evenly', async () => {
    const rules = { ...rig.deps.rules };
    Object.assign(rig.deps.rules, { maxCalls: 8, reservedCalls: 2 });
    const [one, other] = [await started({ recipients: 9 }), await started({ recipients: 9, from: 20 })];
    await rig.run(one);
    await rig.run(other);
    await rig.run(one);
    const open = [(await rig.open(one)).length, (await rig.open(other)).length];
    Object.assign(rig.deps.rules, { reservedCalls: 0 }, rules);
    expect(open).toEqual([3, 3]);
  });

  test('goes on where its job was lost, and with whoever is added after its end', async () => {
    const campaign = await started({ recipients: 1 });
    await rig.query('DELETE FROM graphile_worker._private_jobs');
    await rig.query("UPDATE parley.campaigns SET next_look_at = now() - interval '1 minute'");
    await rig.deps.campaigns.wakeForgotten(5);
    expect(await jobOf(campaign)).toBeDefined();
    await rig.run(campaign);
    await rig.end((await rig.open(campaign))[0]!, 'ring_timeout');
    await rig.run(campaign);
    await rig.run(campaign);
    expect((await rig.find(campaign)).state).toBe('completed');
    await rig.campaigns.addRecipients(campaign, [{ phoneNumber: numberOf(5), leadId: null, variables: {} }]);
    expect((await rig.find(campaign)).state).toBe('running');
    await rig.run(campaign);
    expect(await states(campaign)).toEqual(['done', 'calling']);
  });

  test('does not go on by itself after a backup was restored', async () => {
    const campaign = await started({ recipients: 1 });
    expect(await pauseRestoredCampaigns(rig.deps.campaigns)).toEqual([campaign.id]);
    await rig.run(campaign);
    expect(await rig.open(campaign)).toEqual([]);
    expect(await rig.find(campaign)).toMatchObject({ state: 'paused', pauseReason: 'database_restored' });
  });

  test('forgets who is erased, and calls them no more', async () => {
    const campaign = await started({ recipients: 2 });
    await personalDataStore(rig.database).erase(tenantId, { phoneNumber: numberOf(0) });
    await rig.run(campaign);
    expect(await rig.recipients(campaign)).toMatchObject([
      { phoneNumber: null, state: 'skipped', reason: 'erased' },
      { phoneNumber: numberOf(1), state: 'calling' },
    ]);
  });

  test('is nobody else’s: another tenant neither finds, changes nor deletes it', async () => {
    const campaign = await started({ recipients: 1 });
    const { id } = campaign;
    expect(await rig.campaigns.findCampaign(id, otherTenantId)).toBeNull();
    expect((await rig.campaigns.listCampaigns({ tenantId: otherTenantId, limit: 10 })).campaigns).toEqual([]);
    expect(await rig.campaigns.deleteCampaign(id, otherTenantId)).toBe(false);
    await expect(rig.control({ ...campaign, tenantId: otherTenantId }, 'pause')).rejects.toMatchObject({
      code: 'campaign_not_found',
    });
  });
});

async function admit(): Promise<void> {
  await admitQueued(tenantId, {
    ...rig.deps,
    calls: rig.calls,
    admission: rig.admission,
    rooms: { dispatchAgent: async () => undefined },
    onUndispatched: () => undefined,
  });
}
