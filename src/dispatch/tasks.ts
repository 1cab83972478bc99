import type { AdmitDependencies } from '../calls/admission/admit-queued.ts';
import type { JobQueue } from '../calls/admission/dispatch-ports.ts';
import type { AnalyzeDependencies } from '../calls/result/analyze-call.ts';
import type { Log } from '../telemetry/logger.ts';
import { analyzeCallTask } from './analyze-call.ts';
import { type DeliverDependencies, deliverWebhook } from './deliver-webhook.ts';
import { dispatchCall } from './dispatch-call.ts';
import type { RunCampaignDependencies } from '../calls/campaigns/run-campaign.ts';
import { runCampaignTask } from './run-campaign.ts';
import type { JobLine } from './run-dispatcher.ts';

export type TaskDependencies = AdmitDependencies & { jobs: JobQueue; log: Log } & DeliverDependencies &
  AnalyzeDependencies &
  RunCampaignDependencies;

/** Most of them wait for a receiver or for their turn; `FairShare` says how many of one tenant. */
const deliveriesAtOnce = 512;
/** Each waits for a model. */
const analysesAtOnce = 16;
/** Each places a few calls and is over. */
const campaignsAtOnce = 4;

/** Every job of the queue, by its name in the database. */
export function createJobLines(deps: TaskDependencies): JobLine[] {
  return [
    { tasks: { 'dispatch-call': dispatchCall(deps) }, jobsAtOnce: 4, takenAtOnce: 4, restMs: 20, pollMs: 500 },
    {
      tasks: { 'deliver-webhook': deliverWebhook(deps) },
      jobsAtOnce: deliveriesAtOnce,
      takenAtOnce: 16,
      restMs: 100,
      pollMs: 2_000,
    },
    {
      tasks: { 'run-campaign': runCampaignTask(deps) },
      jobsAtOnce: campaignsAtOnce,
      takenAtOnce: campaignsAtOnce,
      restMs: 50,
      pollMs: 1_000,
    },
    {
      tasks: { 'analyze-call': analyzeCallTask(deps) },
      jobsAtOnce: analysesAtOnce,
      takenAtOnce: 4,
      restMs: 200,
      pollMs: 2_000,
    },
  ];
}
