import { RoomServiceClient, SipClient } from 'livekit-server-sdk';
import {
  buildPipeline,
  connectEngine,
  createEndOfTurnModel,
  createProviderHealth,
  Hedging,
  loadPrices,
  priceUsage,
  resolvePipeline,
  tokensOf,
} from '../../pipelines/index.ts';
import { carrierUsd, rateOf } from '../../telephony/index.ts';
import { instructionsOf } from '../worker/conversation/agent-session.ts';
import { builtInTools } from '../agent-files/tools/agent-tools.ts';
import { watchAgents } from '../agent-files/watch-agents.ts';
import { askBackend } from '../calls/before-answer/ask-backend.ts';
import { choosePipeline } from '../calls/place/choose-pipeline.ts';
import { embeddingService, type EmbeddingSettings } from '../calls/knowledge/embeddings.ts';
import { searchByMeaning } from '../calls/knowledge/search-by-meaning.ts';
import { keepPapers } from '../calls/knowledge/keep-papers.ts';
import { scheduleCallback } from '../calls/place/schedule-callback.ts';
import { checkTransferTarget } from '../calls/control/check-transfer-target.ts';
import { leaseSeconds } from '../calls/lease.ts';
import type { OperatorRules } from '../calls/admission/operator-rules.ts';
import type { Config } from '../config.ts';
import { knownNames } from '../known-names.ts';
import { clientOptions } from '../livekit/connection.ts';
import { sipTrunks } from '../livekit/sip-trunks.ts';
import { livekitRooms } from '../livekit/rooms.ts';
import { auditStore } from '../store/tenants/audit-store.ts';
import { idempotencyStore } from '../store/calls/idempotency-store.ts';
import { leadStore } from '../store/people/lead-store.ts';
import { admissionStore } from '../store/calls/admission-store.ts';
import { callStore } from '../store/calls/call-store.ts';
import { openDatabase } from '../store/connection/database.ts';
import { doNotCallStore } from '../store/people/do-not-call-store.ts';
import { recordingStore } from '../store/calls/recording-store.ts';
import { type RecordingsConfig, spoolOf } from '../store/recordings/recording-files.ts';
import { knowledgeStore } from '../store/knowledge-store.ts';
import { knowledgeVectors } from '../store/knowledge-vectors.ts';
import { messageStore } from '../store/calls/message-store.ts';
import { trunkSettingsStore } from '../store/tenants/trunk-settings-store.ts';
import { appendTo } from '../stack/log-file.ts';
import { createLogger, logTo } from '../telemetry/logger.ts';
import { countingCalls } from '../telemetry/metrics/measure-calls.ts';
import { countSpans } from '../telemetry/metrics/count-spans.ts';
import { measuredPipeline } from '../telemetry/metrics/measure-pipeline.ts';
import { MeasurementRelay } from '../telemetry/metrics/measurement-relay.ts';
import { openTelemetry } from '../telemetry/open-telemetry.ts';
import type { TelemetryConfig } from '../telemetry/telemetry-config.ts';
import type { CallProcessDependencies } from '../worker/dependencies.ts';
import { openInbound } from '../worker/call/open-inbound.ts';
import { openConsultLine } from '../worker/line/transfers/consult-line.ts';
import { composeLegs } from './compose-legs.ts';
import { defaultTenant, type Endpoints } from './endpoints.ts';
import { pipelineDirectory } from './pipeline-directory.ts';
import { reachLivekit } from './reach-livekit.ts';
import { toolMeans } from './tool-means.ts';
import type { ToolSettings } from './tool-settings.ts';

/** What a call process is told over IPC; JSON. */
export type CallProcessConfig = {
  endpoints: Endpoints;
  agentName: string;
  agentsDir: string;
  providers: Config['providers'];
  hedgedRequestsPercent: Config['PARLEY_HEDGED_REQUESTS_PERCENT'];
  defaultPipeline: Config['PARLEY_PIPELINE'];
  embedded: boolean;
  engineSocketPath: string;
  pricesFile?: string;
  recordings: RecordingsConfig;
  telemetry: TelemetryConfig & { version: string };
  rules: OperatorRules;
  tools: ToolSettings;
  embedding?: EmbeddingSettings | undefined;
  logLevel: Config['PARLEY_LOG_LEVEL'];
  /** @default standard error */
  logFile?: string;
};

/** What the calls of one process share. */
export async function composeCallProcess(received: unknown): Promise<CallProcessDependencies> {
  const config = received as CallProcessConfig;
  const out = config.logFile === undefined ? process.stderr : appendTo(config.logFile);
  const log = logTo(createLogger({ level: config.logLevel, component: 'call-process', out }));
  const { databaseUrl, livekit } = config.endpoints;
  reachLivekit(livekit.url);
  const telemetry = openTelemetry(config.telemetry, { secret: livekit.apiSecret, log });
  const database = openDatabase({ url: databaseUrl, applicationName: 'parley-calls', maxConnections: 4, log });
  // What the calls write may take its time; it must not keep their leases waiting.
  const leases = openDatabase({
    url: databaseUrl,
    applicationName: 'parley-leases',
    maxConnections: 2,
    answerSeconds: leaseSeconds,
    log,
  });
  const agents = await watchAgents(config.agentsDir, { known: knownNames(config.tools), log });
  const knowledge = knowledgeStore(database);
  const embeddings = config.embedding && embeddingService(config.embedding);
  const meanings = embeddings && { embeddings, vectors: knowledgeVectors(database) };
  const papers = keepPapers({ agents, store: knowledge, meanings, log });
  const engine = connectEngine(config.engineSocketPath);
  const prices = await loadPrices(config.pricesFile);
  const providerHealth = createProviderHealth();
  const hedging = new Hedging({ rate: config.hedgedRequestsPercent / 100 });
  const measurements = new MeasurementRelay();
  countSpans(telemetry, measurements);
  const renewing = callStore(leases);
  const calls = countingCalls(
    { ...callStore(database), renewLeases: (held, seconds) => renewing.renewLeases(held, seconds) },
    measurements,
  );
  const admission = admissionStore(database);
  const pipelines = pipelineDirectory({
    PARLEY_PIPELINE: config.defaultPipeline,
    PARLEY_EMBEDDED: config.embedded,
    providers: config.providers,
  });
  const trunks = trunkSettingsStore(database);
  const tools = toolMeans(config.tools, {
    database,
    scheduleCallback: (asked) =>
      scheduleCallback(asked, {
        calls,
        agents,
        pipelines,
        leads: leadStore(database),
        audit: auditStore(database),
        admission,
        trunks,
        sipTrunks: sipTrunks({ connection: livekit, agentName: config.agentName }),
        idempotency: idempotencyStore(database),
        rules: config.rules,
      }),
    log,
  });
  const rooms = livekitRooms({ connection: livekit, agentName: config.agentName });
  return {
    calls,
    messages: messageStore(database),
    doNotCall: doNotCallStore(database),
    tools,
    searchPapers: (asked) => knowledge.search(asked),
    searchPapersByMeaning: meanings && searchByMeaning(meanings),
    recordings: { spool: spoolOf(config.recordings), store: recordingStore(database) },
    agents,
    rooms,
    askBackend: (asked) => askBackend(asked, tools),
    pipelineFor: (agent) => choosePipeline({ agent, pipelines }),
    buildPipeline: ({ call, agent, variables, ...callbacks }) =>
      buildPipeline({
        definition: resolvePipeline({
          wanted: { ...call.pipelineOverrides, preset: call.pipeline },
          settings: config.providers,
          available: { embedded: config.embedded },
          language: agent.language,
          telephone: call.direction !== 'web',
        }),
        settings: config.providers,
        context: {
          language: agent.language,
          pronunciation: agent.pronunciation,
          sampleRateHz: 16000,
          engine,
          ...(agent.script ? { script: agent.script } : {}),
          reaches: {
            transfers: builtInTools(agent).includes('transfer-call') ? agent.transfers : [],
            callNumber: call.phoneNumber ?? undefined,
          },
          variables,
          promptTokens: tokensOf(instructionsOf({ call, agent, variables })),
          ...measuredPipeline(callbacks, measurements),
        },
        health: providerHealth,
        hedging: agent.hedged_requests ? hedging : undefined,
      }),
    providerHealth,
    endOfTurn: createEndOfTurnModel(engine, log),
    priceOf: (usage) => priceUsage(usage, prices),
    telemetry,
    measurements,
    legs: composeLegs({ livekit, database, calls, rooms, agents, rules: config.rules }),
    carrierUsd: ({ direction, phoneNumber }, seconds) =>
      direction === 'outbound' && phoneNumber
        ? carrierUsd(rateOf(phoneNumber, config.rules.rates), seconds)
        : undefined,
    warmLine: {
      sip: new SipClient(livekit.url, livekit.apiKey, livekit.apiSecret, clientOptions),
      rooms: new RoomServiceClient(livekit.url, livekit.apiKey, livekit.apiSecret, clientOptions),
      reserveDial: ({ id, callsPerSecond }) => admission.reserveDial(id, callsPerSecond),
      openLine: (request) => openConsultLine(request, { admission, rules: config.rules, log }),
    },
    checkTransferTarget: (transfer) =>
      checkTransferTarget(transfer, {
        rules: config.rules,
        admission,
        trunks,
      }),
    callingWindow: config.rules.callingWindow,
    openInbound: (inbound) => openInbound(inbound, { calls, agents, pipelines, tenantId: defaultTenant.id }),
    log,
    async close() {
      engine.close();
      await tools.mcp.close();
      providerHealth.close();
      await telemetry.close();
      await papers.close();
      await agents.close();
      await leases.close();
      await database.close();
    },
  };
}
