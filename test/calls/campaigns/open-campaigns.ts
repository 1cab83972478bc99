import { type Pacing, type Campaign } from '../../../src/calls/campaigns/campaign.ts';
import { addRecipients } from '../../../src/calls/campaigns/add-recipients.ts';
import type { NewCampaign } from '../../../src/calls/campaigns/campaign-ports.ts';
import { defaultBreaker } from '../../../src/calls/campaigns/breaker.ts';
import { createCampaign, planCampaign } from '../../../src/calls/campaigns/create-campaign.ts';
import { type CampaignCommand, controlCampaign } from '../../../src/calls/campaigns/control-campaign.ts';
import { runCampaign, type RunCampaignDependencies } from '../../../src/calls/campaigns/run-campaign.ts';
import { endCall } from '../../../src/calls/end/end-call.ts';
import type { EndReason } from '../../../src/calls/end/end-reason.ts';
import { agentSchema } from '../../../src/agent-files/agent.ts';
import { checkOptions, pipelinePresets, resolvePipeline } from '../../../pipelines/index.ts';
import { admissionStore } from '../../../src/store/calls/admission-store.ts';
import { callStore } from '../../../src/store/calls/call-store.ts';
import { campaignRunStore } from '../../../src/store/campaigns/campaign-run-store.ts';
import { campaignStore } from '../../../src/store/campaigns/campaign-store.ts';
import type { Database } from '../../../src/store/connection/database.ts';
import { leadStore } from '../../../src/store/people/lead-store.ts';
import { trunkSettingsStore } from '../../../src/store/tenants/trunk-settings-store.ts';
import { readRates } from '../../../telephony/index.ts';
import { openStore, tenantId } from '../../store/open-store.ts';
import { anAgent } from '../../worker/an-agent.ts';

/** Numbers that may be called, one per index. */
export const numberOf = (index: number) => `+1415555${String(1000 + index)}`;

export type Rig = Awaited<ReturnType<typeof openCampaigns>>;

/** Campaigns on a database of their own: their job is run by hand, and calls end as the test says. */
export async function openCampaigns() {
  const store = await openStore();
  const { database } = store;
  const facts = [{ id: 'hours', examples: ['when', 'opening hours'], answer: 'Nine to five.' }];
  const agent = {
    ...anAgent({ name: 'reminder' }),
    ...agentSchema.pick({ script: true }).parse({ script: { facts } }),
  };
  const calls = callStore(database);
  const campaigns = campaignStore(database);
  const problems = new Map<string, string>();
  const paused: { reason: string; detail: string }[] = [];
  const deps: RunCampaignDependencies = {
    campaigns: campaignRunStore(database),
    agents: { get: (name) => (name === agent.name ? agent : undefined), list: () => [agent] },
    agentProblem: (name) => problems.get(name),
    pipelines: {
      presets: Object.values(pipelinePresets),
      checkOptions: (definition) => checkOptions(definition, {}),
      resolve: (wanted) => resolvePipeline({ wanted, settings: {}, available: { embedded: true } }),
    },
    leads: leadStore(database),
    admission: admissionStore(database),
    trunks: trunkSettingsStore(database),
    sipTrunks: { list: async () => [] },
    rules: {
      maxCalls: 1000,
      trunkMaxCalls: 1000,
      callsPerSecond: 10,
      attemptsPerNumberPerDay: 8,
      spendPerDayUsd: 1_000_000,
      maxMinutes: 240,
      rates: readRates(),
      trunkId: 'ST_x',
      fromNumber: '+14155550100',
    },
    giveWay: async () => undefined,
    onPause: (why) => paused.push(why),
  };
  const query = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await database.pool.query<Row>(sql, values)).rows;

  const rig = {
    ...store,
    admission: admissionStore(database),
    calls,
    campaigns,
    deps,
    agent,
    forecastDeps: { ...deps, campaigns },
    problems,
    paused,
    query,
    async create(
      more: Partial<Omit<NewCampaign, 'pacing'>> & {
        pacing?: Partial<Pacing>;
        recipients?: number;
        from?: number;
        numberOf?: (index: number) => string;
      } = {},
    ): Promise<Campaign> {
      const { pacing, recipients = 0, from = 0, numberOf: numbers = numberOf, ...given } = more;
      const planned = await planCampaign(
        {
          tenantId,
          name: 'May',
          order: { agent: agent.name, variables: {}, metadata: {}, limits: {}, plan: {} },
          notBefore: null,
          notAfter: null,
          retry: null,
          breaker: defaultBreaker,
          maxSpendUsd: null,
          ...given,
          pacing: { maxCalls: 10, ...pacing },
        },
        deps,
      );
      const campaign = await createCampaign(planned, { campaigns });
      const candidates = Array.from({ length: recipients }, (_, index) => ({
        where: index + 1,
        to: numbers(from + index),
        variables: {},
      }));
      await addRecipients(campaign, candidates, { agents: deps.agents, campaigns });
      return campaign;
    },
    control: (campaign: Campaign, command: CampaignCommand) =>
      controlCampaign({ id: campaign.id, tenantId: campaign.tenantId, command }, { campaigns }),
    run: (campaign: Campaign) => runCampaign(campaign.id, deps),
    /**
     * Runs the job until the process dies at one of its statements: before PostgreSQL has it, or after it was carried out. False:
     * it was over before.
     */
    async dieAt(campaign: Campaign, at: { statement: number; when: 'before' | 'after' }): Promise<boolean> {
      let count = 0;
      const dying: Database = {
        ...database,
        run: async (work) => {
          count += 1;
          if (count === at.statement && at.when === 'before') throw new Error('the process died');
          const result = await database.run(work);
          if (count === at.statement) throw new Error('the process died');
          return result;
        },
      };
      const dead = { ...deps, campaigns: campaignRunStore(dying), admission: admissionStore(dying) };
      try {
        await runCampaign(campaign.id, dead);
        return false;
      } catch (error) {
        if ((error as Error).message !== 'the process died') throw error;
        return true;
      }
    },
    /** Of the campaign, as the table of calls has it. */
    totals: async (campaign: Campaign) =>
      (
        await query<{ calls: number }>(
          "SELECT count(*)::int AS calls FROM parley.calls WHERE metadata->>'campaign_id' = $1",
          [campaign.id],
        )
      )[0]!,
    find: async (campaign: Campaign) => (await campaigns.findCampaign(campaign.id, campaign.tenantId))!,
    recipients: (campaign: Campaign) => campaigns.listRecipients(campaign.id, { after: 0, limit: 10_000 }),
    /** The calls of the campaign that have not ended, in the order of its recipients. */
    open: async (campaign: Campaign) =>
      (
        await query<{ id: string }>(
          `SELECT c.id FROM parley.campaign_attempts a JOIN parley.calls c ON c.id = a.call_id
           WHERE a.campaign_id = $1 AND c.state <> 'ended' ORDER BY a.position, a.attempt`,
          [campaign.id],
        )
      ).map(({ id }) => id),
    /** Ends a call as if its phone had been dialled. */
    async end(callId: string, reason: EndReason, answered?: { talkedSeconds: number }): Promise<void> {
      for (const to of ['dispatching', 'dialing', ...(answered ? (['in_progress'] as const) : [])] as const)
        await calls.transition({ callId, to, event: { type: 'call.state' } });
      const endedAt = new Date();
      const answeredAt = answered && new Date(endedAt.getTime() - answered.talkedSeconds * 1000);
      const ended = { callId, reason, hungUpBy: 'callee', endedAt, ...(answeredAt && { answeredAt }) } as const;
      await endCall({ store: calls }, ended);
    },
  };
  return rig;
}
