import { Pool } from 'pg';
import { givingWay } from '../calls/admission/give-way.ts';
import type { OperatorRules } from '../calls/admission/operator-rules.ts';
import type { AnalyzeDependencies } from '../calls/result/analyze-call.ts';
import type { WebhookRules } from '../calls/webhooks/webhook-target.ts';
import { OutageWatch } from '../calls/end/outage-watch.ts';
import { leaseSeconds } from '../calls/lease.ts';
import { createCounting } from '../calls/overview/keep-counts.ts';
import { createRetention } from '../calls/personal-data/keep-retention.ts';
import { createRecordingCleaner } from '../calls/recordings/delete-unwanted.ts';
import { createSweeper } from '../calls/end/sweep-calls.ts';
import { type Dispatcher, runDispatcher } from '../dispatch/run-dispatcher.ts';
import { createJobLines } from '../dispatch/tasks.ts';
import { pauseReasons } from '../calls/campaigns/campaign.ts';
import { wakeForgottenCampaigns } from '../calls/campaigns/wake-forgotten.ts';
import type { AgentDirectory, CallStore, LeadStore, PipelineDirectory, Rooms, WaitingPhones } from '../calls/ports.ts';
import type { SipTrunks } from '../calls/trunks/trunk-ports.ts';
import { campaignRunStore } from '../store/campaigns/campaign-run-store.ts';
import { admissionStore } from '../store/calls/admission-store.ts';
import type { Database } from '../store/connection/database.ts';
import { deliveryStore } from '../store/webhooks/delivery-store.ts';
import { idempotencyStore } from '../store/calls/idempotency-store.ts';
import { jobQueue } from '../store/connection/job-queue.ts';
import { recordingStore } from '../store/calls/recording-store.ts';
import { recordingFiles, type RecordingsConfig } from '../store/recordings/recording-files.ts';
import { messageStore } from '../store/calls/message-store.ts';
import { countCalls } from '../store/overview/call-counts-store.ts';
import { workAlone } from '../store/shifts.ts';
import { personalDataStore } from '../store/people/personal-data-store.ts';
import { trunkSettingsStore } from '../store/tenants/trunk-settings-store.ts';
import { webhookStore } from '../store/webhooks/webhook-store.ts';
import { workerStore } from '../store/worker-store.ts';
import type { Log } from '../telemetry/logger.ts';
import { countingDeliveries } from '../telemetry/metrics/measure-calls.ts';
import type { Measurements } from '../telemetry/metrics/metric-table.ts';
import { defaultTenant } from './endpoints.ts';

/** Connections of the queue: one per line to listen, the others for taking and settling jobs. */
const queueConnections = 8;

/** The jobs and the sweeper of a `serve` process. */
export function composeDispatcher(options: {
  databaseUrl: string;
  database: Database;
  calls: CallStore;
  rooms: Rooms;
  waitingPhones: WaitingPhones;
  agents: AgentDirectory;
  /** What is wrong with the file of an agent. */
  agentProblem: (name: string) => string | undefined;
  pipelines: PipelineDirectory;
  leads: LeadStore;
  sipTrunks: Pick<SipTrunks, 'list'>;
  rules: OperatorRules;
  webhookRules: WebhookRules;
  recordings: RecordingsConfig;
  modelFor: AnalyzeDependencies['modelFor'];
  measurements: Measurements;
  /** Without it a sweep cannot tell who is on the line. */
  reachesLivekit?: () => boolean;
  /** Those of the API in the same process. */
  requests: { readonly underWay: number };
  log: Log;
}): Dispatcher {
  const { databaseUrl, database, calls, rooms, waitingPhones, agents, rules, measurements, requests, log } = options;
  const recordings = recordingStore(database);
  const admission = admissionStore(database);
  const campaigns = campaignRunStore(database);
  // From 0 on, so that the first pause is an increase.
  for (const reason of pauseReasons) measurements.count('parley_campaign_pauses_total', { reason }, 0);
  const jobs = jobQueue(database);
  const outages = new OutageWatch({ steadySeconds: leaseSeconds });
  const keepRetention = createRetention(personalDataStore(database), (run) =>
    log('info', 'retention deleted what was past its time', run),
  );
  const pool = new Pool({ connectionString: databaseUrl, max: queueConnections, application_name: 'parley-jobs' });
  pool.on('error', (error) => log('debug', 'a connection of the job queue was lost', { error }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  const dispatcher = runDispatcher({
    pool,
    lines: createJobLines({
      calls,
      rooms,
      agents,
      admission,
      jobs,
      rules,
      campaigns,
      agentProblem: options.agentProblem,
      pipelines: options.pipelines,
      leads: options.leads,
      sipTrunks: options.sipTrunks,
      onPause: (paused) => {
        log('warn', 'a campaign paused by itself', paused);
        measurements.count('parley_campaign_pauses_total', { reason: paused.reason });
      },
      trunks: trunkSettingsStore(database),
      messages: messageStore(database),
      recordings,
      webhooks: webhookStore(database),
      deliveries: countingDeliveries(deliveryStore(database), measurements),
      webhookRules: options.webhookRules,
      giveWay: givingWay(requests),
      modelFor: options.modelFor,
      log,
      onUndispatched: (callId, error) =>
        log('warn', 'LiveKit could not be asked for an agent; it is asked again', { callId, error }),
    }),
    sweep: inOrder(
      createSweeper({
        calls,
        rooms,
        waitingPhones,
        workers: workerStore(database),
        tenantId: defaultTenant.id,
        admission,
        outages,
        jobs,
        idempotency: idempotencyStore(database),
        onFailure: ({ callId, error }) =>
          log('warn', 'calls that nobody looks after could not be helped yet', { callId, error }),
      }),
      wakeForgottenCampaigns(campaigns),
      keepRetention,
      createRecordingCleaner({
        store: recordings,
        files: recordingFiles(options.recordings),
        onFailure: (error) => log('warn', 'recordings that are to go could not be deleted yet', { error }),
      }),
    ),
    alone: workAlone(database, { task: 'sweep', watch: outages, isFit: options.reachesLivekit ?? (() => true) }),
    count: createCounting(() => countCalls(database)),
    log,
  });
  return {
    async close() {
      await dispatcher.close();
      await pool.end();
    },
  };
}

/** Each waits for the one before, and one that fails holds the others back until it succeeds. */
function inOrder(...rounds: (() => Promise<void>)[]): () => Promise<void> {
  return async () => {
    for (const round of rounds) await round();
  };
}
