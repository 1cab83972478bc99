import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { agentFiles } from './agent-files/agent-files.ts';
import { problemOfAgent } from './agent-files/agent-problem.ts';
import { watchAgents } from './agent-files/watch-agents.ts';
import { checkTransferTarget } from './calls/control/check-transfer-target.ts';
import { ensureKey } from './calls/keys/create-key.ts';
import { keyScopes } from './calls/ports.ts';
import { composeAgentChats } from './compose/compose-agent-chats.ts';
import { composeAnalysis } from './compose/compose-analysis.ts';
import { composeDispatcher } from './compose/compose-dispatcher.ts';
import { webhookRules } from './compose/webhook-rules.ts';
import { examination } from './compose/examination.ts';
import { defaultTenant, type Endpoints } from './compose/endpoints.ts';
import { operatorRules } from './compose/operator-rules.ts';
import { pipelineDirectory } from './compose/pipeline-directory.ts';
import { serveGauges } from './compose/serve-gauges.ts';
import { startMetrics } from './compose/start-metrics.ts';
import { toolSettings } from './compose/tool-settings.ts';
import { version } from './compose/version.ts';
import { watchModels } from './compose/watch-models.ts';
import { checkCarrierAddress } from './calls/trunks/carrier-address.ts';
import { checkWebhookUrl } from './calls/webhooks/webhook-target.ts';
import type { Config } from './config.ts';
import { createApp } from './http/app.ts';
import { selfSignedCertificate } from './http/https.ts';
import { openLimitRedis } from './http/door/limit-redis.ts';
import { type HttpServer, startServer } from './http/server.ts';
import { openId } from './http/door/open-id.ts';
import { sessions } from './http/door/sessions.ts';
import { knownNames } from './known-names.ts';
import { livekitRooms } from './livekit/rooms.ts';
import { livekitWaitingPhones } from './livekit/waiting-phones.ts';
import { sipTrunks } from './livekit/sip-trunks.ts';
import { checkLivekit } from './livekit/wait-for-livekit.ts';
import { scenarioFromCall } from './scenarios/from-call.ts';
import { settingsFingerprints } from './settings-fingerprints.ts';
import { agentVersionStore } from './store/agent-version-store.ts';
import { admissionStore } from './store/calls/admission-store.ts';
import { auditStore } from './store/tenants/audit-store.ts';
import { readCampaignFigures } from './store/campaigns/campaign-figures.ts';
import { campaignStore } from './store/campaigns/campaign-store.ts';
import { callStore } from './store/calls/call-store.ts';
import { openDatabase } from './store/connection/database.ts';
import { deliveryStore } from './store/webhooks/delivery-store.ts';
import { doNotCallStore } from './store/people/do-not-call-store.ts';
import { openEventBus } from './store/connection/event-bus.ts';
import { readQueueFigures } from './store/calls/figures-store.ts';
import { idempotencyStore } from './store/calls/idempotency-store.ts';
import { jobQueue } from './store/connection/job-queue.ts';
import { keyStore } from './store/tenants/key-store.ts';
import { leadStore } from './store/people/lead-store.ts';
import { messageStore } from './store/calls/message-store.ts';
import { recordingStore } from './store/calls/recording-store.ts';
import { recordingFiles } from './store/recordings/recording-files.ts';
import { overviewStore } from './store/overview/overview-store.ts';
import { personalDataStore } from './store/people/personal-data-store.ts';
import { tenantStore } from './store/tenants/tenant-store.ts';
import { toolRunStore } from './store/calls/tool-run-store.ts';
import { trunkSettingsStore } from './store/tenants/trunk-settings-store.ts';
import { webhookStore } from './store/webhooks/webhook-store.ts';
import { workerStore } from './store/worker-store.ts';
import { watchIdleMemory } from './telemetry/idle-memory.ts';
import { watchLoop } from './telemetry/loop-watch.ts';
import { watchDependencies } from './telemetry/dependency-health.ts';
import { logTo } from './telemetry/logger.ts';
import { countingCalls } from './telemetry/metrics/measure-calls.ts';
import type { Metrics } from './telemetry/metrics/metrics.ts';

export type { Endpoints } from './compose/endpoints.ts';
export { composeWorker, composeWorkerStatus } from './compose/compose-worker.ts';
export { startMetrics } from './compose/start-metrics.ts';
export { pipelineDirectory } from './compose/pipeline-directory.ts';

/** The API and the page. `keys` are seeded for the default tenant, so that there is a first one. */
export async function composeServe(options: {
  config: Config;
  endpoints: Endpoints;
  keys: string[];
  /** Where the process has them already; else they begin and end with the server. */
  metrics?: Metrics;
  logger: Logger;
}): Promise<HttpServer> {
  const { config, endpoints, logger } = options;
  const own = options.metrics ? undefined : startMetrics('serve');
  const metrics = options.metrics ?? own!.metrics;
  const log = logTo(logger);
  const database = openDatabase({ url: endpoints.databaseUrl, applicationName: 'parley-serve', log });
  await tenantStore(database).ensureTenant(defaultTenant);
  const keys = keyStore(database);
  for (const key of options.keys)
    await ensureKey({ tenantId: defaultTenant.id, name: 'first key', scopes: [...keyScopes], key }, keys);
  const agents = await watchAgents(config.PARLEY_AGENTS_DIR, { known: knownNames(toolSettings(config)), log });
  const events = openEventBus({ url: endpoints.databaseUrl, log });
  const redis = config.REDIS_URL
    ? openLimitRedis(config.REDIS_URL, (error) => log('warn', 'Redis cannot be reached', { error }))
    : undefined;
  const watch = watchDependencies({
    checks: {
      postgres: async () => void (await database.pool.query('SELECT 1')),
      livekit: () => checkLivekit(endpoints.livekit),
      ...(redis ? { redis: () => redis.ping() } : {}),
    },
  });
  await watch.ready;
  const draining = new AbortController();
  const loop = watchLoop(({ blockedMs, running }) => {
    log('warn', 'the event loop was blocked; nothing else was answered meanwhile', { blockedMs, running });
    metrics.count('parley_event_loop_blocked_total', { route: running[0] ?? 'none' });
  });
  const memory = watchIdleMemory({
    isFree: () => loop.underWay === 0,
    begin: () => loop.begin('giving memory back'),
  });
  const gauges = serveGauges({
    metrics,
    readFigures: async () => ({ ...(await readQueueFigures(database)), ...(await readCampaignFigures(database)) }),
    spendLimitUsd: config.PARLEY_SPEND_PER_DAY_USD,
    dependencies: watch.states,
    log,
  });
  const calls = countingCalls(callStore(database), metrics);
  const rooms = livekitRooms({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME });
  const trunksOfLivekit = sipTrunks({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME });
  const rules = operatorRules(config);
  const webhookTargets = webhookRules(config);
  const models = watchModels({ workers: workerStore(database), otherwise: config.PARLEY_EMBEDDED, log });
  await models.ready;
  const pipelines = pipelineDirectory(config, models.embedded);
  const chats = composeAgentChats(config);
  const app = createApp({
    calls,
    keys,
    sessions: sessions(endpoints.livekit.apiSecret),
    ...(config.openId && { signIn: { openId: openId(config.openId), secret: endpoints.livekit.apiSecret } }),
    overview: overviewStore(database),
    tenants: tenantStore(database),
    leads: leadStore(database),
    doNotCall: doNotCallStore(database),
    personalData: personalDataStore(database),
    messages: messageStore(database),
    toolRuns: toolRunStore(database),
    recordings: recordingStore(database),
    recordingFiles: recordingFiles(config.recordings),
    audit: auditStore(database),
    campaigns: campaignStore(database),
    events,
    rooms,
    agents,
    scenarioOf: scenarioFromCall,
    agentFiles: agentFiles(config.PARLEY_AGENTS_DIR, {
      known: knownNames(toolSettings(config)),
      editable: config.PARLEY_AGENTS_EDITABLE,
    }),
    agentVersions: agentVersionStore(database),
    agentChats: chats,
    examine: examination(),
    pipelines,
    admission: admissionStore(database),
    idempotency: idempotencyStore(database),
    jobs: jobQueue(database),
    trunks: trunkSettingsStore(database),
    sipTrunks: trunksOfLivekit,
    operatorTenantId: defaultTenant.id,
    settings: { startedAt: new Date(), fingerprints: (salt) => settingsFingerprints(config.given, salt) },
    webhooks: webhookStore(database),
    deliveries: deliveryStore(database),
    checkWebhookUrl: (request) => checkWebhookUrl(request, webhookTargets),
    checkCarrierAddress: (address) => checkCarrierAddress(address, webhookTargets),
    rules,
    checkTransferTarget: (transfer) =>
      checkTransferTarget(transfer, {
        rules,
        admission: admissionStore(database),
        trunks: trunkSettingsStore(database),
      }),
    health: watch.states,
    metrics: {
      text: () => metrics.text(),
      ...(config.PARLEY_METRICS_TOKEN ? { token: config.PARLEY_METRICS_TOKEN } : {}),
    },
    loop,
    draining: draining.signal,
    rateLimit: {
      requests: config.PARLEY_REQUESTS_PER_MINUTE,
      windowSeconds: 60,
      ...(redis ? { redis: redis.redis } : {}),
    },
    version,
    ...(config.PARLEY_PUBLIC_URL ? { publicUrl: config.PARLEY_PUBLIC_URL } : {}),
    ...(config.LIVEKIT_PUBLIC_URL ? { livekitPublicUrl: config.LIVEKIT_PUBLIC_URL } : {}),
    pageFolder: fileURLToPath(new URL('web/public', import.meta.url)),
    logger,
  });
  const closeParts = async () => {
    watch.close();
    models.close();
    loop.close();
    memory.close();
    gauges.close();
    await own?.close();
    await agents.close();
    await chats.closeAll();
    await events.close();
    redis?.close();
    await database.close();
  };
  const server = await startServer({
    app,
    host: config.PARLEY_HOST,
    port: config.PARLEY_PORT,
    livekitUrls: config.LIVEKIT_PROXY_URLS ?? [endpoints.livekit.url],
    draining,
    ...(config.PARLEY_HTTPS ? { certificate: await selfSignedCertificate(config.PARLEY_DATA_DIR) } : {}),
    logger,
  }).catch(async (error: unknown) => {
    await closeParts();
    throw error;
  });
  const dispatcher = composeDispatcher({
    databaseUrl: endpoints.databaseUrl,
    database,
    calls,
    rooms,
    waitingPhones: livekitWaitingPhones({ connection: endpoints.livekit, agentName: config.PARLEY_AGENT_NAME }),
    agents,
    agentProblem: (name) => problemOfAgent(agents.problems(), name),
    pipelines,
    leads: leadStore(database),
    sipTrunks: trunksOfLivekit,
    rules,
    webhookRules: webhookTargets,
    recordings: config.recordings,
    modelFor: await composeAnalysis({ config, pipelines, measurements: metrics, log }),
    measurements: metrics,
    reachesLivekit: () => watch.states()['livekit']?.status !== 'down',
    requests: loop,
    log,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await dispatcher.close();
      await closeParts();
    },
  };
}
