import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { addRecipients } from '../../../src/calls/campaigns/add-recipients.ts';
import type { Campaign } from '../../../src/calls/campaigns/campaign.ts';
import { forecastCampaign } from '../../../src/calls/campaigns/preview-campaign.ts';
import { readRecipientCsv } from '../../../src/http/csv/read-recipient-csv.ts';
import { openCampaigns } from './open-campaigns.ts';
import { seeded } from './storm/seeded.ts';
import { stormRules } from './storm/storm-rules.ts';
import { startReplica, startWorkers, type Victim } from './storm/victims.ts';

const seed = Number(process.env['STORM_SEED'] ?? 1);
const recipients = Number(process.env['STORM_RECIPIENTS'] ?? 5_000);
const areas = [415, 202, 212, 213, 305, 312, 404, 503, 512, 602, 617, 702];
/** Every number of its own, all of which may be called. */
const numberOf = (index: number) => `+1${areas[Math.floor(index / 9_000)]}555${String(1000 + (index % 9_000))}`;

/** So many rings between two kills, on average: kills hit what works, not what waits for the one before. */
const ringsPerKill = Math.max(10, recipients / 45);
/** Where nothing rings, as at the end of the list, kills come all the same. */
const longestCalmMs = 12_000;

test(`${recipients} people are called in a storm of kills, and none of them twice`, { timeout: 900_000 }, async () => {
  const random = seeded(seed);
  const rig = await openCampaigns();
  Object.assign(rig.deps.rules, stormRules);
  const say = (line: string) => process.stderr.write(`${line}\n`);

  const planningFrom = performance.now();
  const campaign: Campaign = await rig.create({
    recipients,
    numberOf,
    pacing: { maxCalls: 60 },
    retry: { maxAttempts: 2, on: ['no_answer', 'busy'], delaysSeconds: [1] },
  });
  const addedMs = performance.now() - planningFrom;
  const forecast = await forecastCampaign(campaign, rig.forecastDeps);
  const planningMs = performance.now() - planningFrom;
  say(
    `planning ${recipients} recipients: ${Math.round(addedMs)} ms to add, ${Math.round(planningMs)} ms with the forecast`,
  );
  expect(forecast.entries.every(({ at }) => at !== null)).toBe(true);

  const phones = startWorkers(rig.url, random);
  const replicas = [await startReplica(rig.url), await startReplica(rig.url)];
  const workers = [await phones.start(), await phones.start()];
  const victims = [...replicas, ...workers];
  const commits = async () =>
    (
      await rig.query<{ n: number }>(
        'SELECT xact_commit::int AS n FROM pg_stat_database WHERE datname = current_database()',
      )
    )[0]!.n;
  const commitsBefore = await commits();
  const from = performance.now();
  await rig.control(campaign, 'start');

  let over = false;
  const kills = new Map<Victim, number>();
  const striking = (async () => {
    while (!over) {
      const [calmFrom, nextAt] = [performance.now(), phones.rings.length + 2 * random() * ringsPerKill];
      while (!over && phones.rings.length < nextAt && performance.now() - calmFrom < longestCalmMs) await sleep(20);
      const victim = victims[Math.floor(random() * victims.length)]!;
      if (over) break;
      await victim.strike();
      kills.set(victim, (kills.get(victim) ?? 0) + 1);
    }
  })();

  // In the middle of it somebody pauses.
  while (phones.rings.length < recipients / 4) await sleep(50);
  await rig.control(campaign, 'pause');
  const pausedAt = Date.now();
  const [pause] = await rig.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
  await sleep(3_000);
  const dialledAfter = await rig.query('SELECT id FROM parley.calls WHERE dialed_at > $1::timestamptz', [pause!.at]);
  const late = phones.rings.filter(({ at }) => at > pausedAt).map(({ at }) => Math.round(at - pausedAt));
  await rig.control(campaign, 'resume');
  say(`after the answer to pause ${late.length} phones rang, the last ${Math.max(0, ...late)} ms later`);

  for (let left = recipients; left > 0; await sleep(500)) {
    const { waiting, calling } = (await rig.campaigns.progress(campaign.id)).recipients;
    left = waiting + calling;
    if (performance.now() - from > 840_000) throw new Error(`${left} people are left`);
  }
  const seconds = (performance.now() - from) / 1000;
  const perRing = ((await commits()) - commitsBefore) / phones.rings.length;
  say(`${perRing.toFixed(1)} transactions per phone that rang, those of idle processes and of this test included`);
  for (let waited = 0; (await rig.find(campaign)).state !== 'completed'; waited += 100) {
    if (waited > 45_000) throw new Error('It was not completed.');
    await sleep(100);
  }
  over = true;
  await striking;
  await Promise.all(victims.map((victim) => victim.stop()));
  const killsOf = (struck: readonly Victim[]) => struck.reduce((sum, victim) => sum + (kills.get(victim) ?? 0), 0);

  const ringsOf = Map.groupBy(phones.rings, ({ callId }) => callId);
  const attempts = await rig.query<{ position: number; call: string; outcome: string }>(
    'SELECT position, call_id AS call, outcome FROM parley.campaign_attempts',
  );
  const [placed] = await rig.query<{ calls: number; open: number }>(
    "SELECT count(*)::int AS calls, count(*) FILTER (WHERE state <> 'ended')::int AS open FROM parley.calls",
  );
  say(
    `${phones.rings.length} phones rang in ${seconds.toFixed(0)} s (${(phones.rings.length / seconds).toFixed(1)} per second), ` +
      `${placed!.calls} calls, ${killsOf(replicas)} kills of serve and ${killsOf(workers)} of workers, at most ${phones.mostAtOnce()} at once`,
  );
  // Once per call. A worker that is killed leaves it open whether the phone has rung; nobody rings it again then.
  expect([...ringsOf.values()].filter((rings) => rings.length > 1)).toEqual([]);
  const rang = ({ call }: { call: string }) => ringsOf.has(call);
  const blocked = attempts.filter(({ outcome }) => outcome === 'blocked');
  expect(blocked.filter(rang)).toEqual([]);
  expect(attempts.filter((one) => !['blocked', 'unknown'].includes(one.outcome) && !rang(one))).toEqual([]);
  expect(phones.rings.length).toBe(ringsOf.size);
  // Everybody was called, and again only whom the first attempt did not reach.
  const tries = Map.groupBy(
    attempts.filter(({ outcome }) => outcome !== 'blocked'),
    ({ position }) => position,
  );
  expect(tries.size).toBe(recipients);
  expect([...tries.values()].filter(({ length }) => length > 2)).toEqual([]);
  const twice = await rig.query(
    `SELECT a.position FROM parley.campaign_attempts a JOIN parley.campaign_attempts later USING (campaign_id, position)
     WHERE later.attempt > a.attempt AND (a.outcome IN ('completed', 'unknown') OR later.placed_at < a.ended_at)`,
  );
  expect(twice).toEqual([]);
  expect(placed!.open).toBe(0);
  // Who dials asks in the statement that says so. How late a phone rings after that is a matter of the machine.
  expect(dialledAfter).toEqual([]);
  expect(phones.mostAtOnce()).toBeLessThanOrEqual(60);
  expect(Math.min(killsOf(replicas), killsOf(workers))).toBeGreaterThanOrEqual(
    Math.floor(phones.rings.length / ringsPerKill / 8),
  );
  await rig.close();
});

test('a list of 100,000 lines is taken, and one more is refused', { timeout: 300_000 }, async () => {
  const rig = await openCampaigns();
  const campaign = await rig.create();
  const lines = 100_000;
  const csv = (count: number) =>
    `phone_number\n${Array.from({ length: count }, (_, index) => (index % 50 === 49 ? '12' : numberOf(index))).join('\n')}`;
  const from = performance.now();
  const { added, duplicates, rejected, rejections } = await addRecipients(campaign, readRecipientCsv(csv(lines), []), {
    agents: rig.deps.agents,
    campaigns: rig.campaigns,
  });
  process.stderr.write(
    `${lines} lines of CSV: ${added} added in ${((performance.now() - from) / 1000).toFixed(1)} s\n`,
  );
  expect({ added, duplicates, rejected }).toEqual({ added: 98_000, duplicates: 0, rejected: 2_000 });
  expect(rejections).toHaveLength(1_000);
  const tooMany = readRecipientCsv(`phone_number\n${'1\n'.repeat(lines + 1)}`, []);
  const read = async () => {
    for await (const row of tooMany) void row;
  };
  await expect(read()).rejects.toThrow('more than 100000 lines');
  await rig.close();
});
