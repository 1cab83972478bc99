import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { readRates } from '../../telephony/index.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOptions, pipelinePresets, resolvePipeline } from '../../pipelines/index.ts';
import { type Agent, agentSchema } from '../../src/agent-files/agent.ts';
import { agentFiles } from '../../src/agent-files/agent-files.ts';
import { readConfig } from '../../src/config.ts';
import { createKey } from '../../src/calls/keys/create-key.ts';
import { type KeyScope, keyScopes } from '../../src/calls/ports.ts';
import { checkCarrierAddress } from '../../src/calls/trunks/carrier-address.ts';
import { checkWebhookUrl } from '../../src/calls/webhooks/webhook-target.ts';
import { createApp } from '../../src/http/app.ts';
import type { HttpDependencies } from '../../src/http/dependencies.ts';
import { sessions } from '../../src/http/door/sessions.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { sipTrunks } from '../../src/livekit/sip-trunks.ts';
import { scenarioFromCall } from '../../src/scenarios/from-call.ts';
import { agentVersionStore } from '../../src/store/agent-version-store.ts';
import { composeAgentChats } from '../../src/compose/compose-agent-chats.ts';
import { admissionStore } from '../../src/store/calls/admission-store.ts';
import { auditStore } from '../../src/store/tenants/audit-store.ts';
import { campaignStore } from '../../src/store/campaigns/campaign-store.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { deliveryStore } from '../../src/store/webhooks/delivery-store.ts';
import { openEventBus } from '../../src/store/connection/event-bus.ts';
import { idempotencyStore } from '../../src/store/calls/idempotency-store.ts';
import { jobQueue } from '../../src/store/connection/job-queue.ts';
import { keyStore } from '../../src/store/tenants/key-store.ts';
import { leadStore } from '../../src/store/people/lead-store.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { messageStore } from '../../src/store/calls/message-store.ts';
import { overviewStore } from '../../src/store/overview/overview-store.ts';
import { personalDataStore } from '../../src/store/people/personal-data-store.ts';
import { recordingFiles } from '../../src/store/recordings/recording-files.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import { toolRunStore } from '../../src/store/calls/tool-run-store.ts';
import { trunkSettingsStore } from '../../src/store/tenants/trunk-settings-store.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { startSipDouble } from '../fakes/sip-double.ts';
import { watchedLog } from '../setup/keeps-private.ts';
import { livekit } from '../setup/servers.ts';
import { openStore, otherTenantId, tenantId } from '../store/open-store.ts';

const script = { facts: [{ id: 'hours', examples: ['when are you open', 'opening hours'], answer: 'Nine to five.' }] };

const agents: Agent[] = [
  anAgent('receptionist', { description: 'Answers.', greeting: 'Hello.', variables: { clinic: 'Harbour' }, script }),
  anAgent('reminder', { description: 'Reminds.', greeting: 'Hello {{name}}.', variables: { name: null }, script }),
  anAgent('unscripted', { description: 'Needs a model.', greeting: 'Hello.' }),
];

function anAgent(name: string, front: object): Agent {
  return { ...agentSchema.parse(front), name, prompt: 'You answer the phone.', version: '0123abcd' };
}

/** A name service: `*.example.com` is on the open internet, but for `inside.example.com`. */
async function publicNames(host: string) {
  if (!host.endsWith('example.com')) throw new Error('ENOTFOUND');
  return [{ address: host === 'inside.example.com' ? '10.0.0.7' : '93.184.215.14', family: 4 }];
}

export type Api = Awaited<ReturnType<typeof openApi>>;

/** The whole API on a database of its own and the run's livekit-server, with a key per tenant. */
export async function openApi(overrides: Partial<HttpDependencies> = {}) {
  const store = await openStore();
  const { url, apiKey, apiSecret } = livekit();
  const sip = await startSipDouble(livekit());
  const events = openEventBus({ url: store.url });
  await events.listening;
  const draining = new AbortController();
  const log = watchedLog();
  const recordingsFolder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
  const agentsFolder = await mkdtemp(join(tmpdir(), 'parley-agents-'));
  for (const { name } of agents)
    await writeFile(
      join(agentsFolder, `${name}.md`),
      `---\ndescription: Answers.\ngreeting: Hello.\n---\nYou answer the phone.\n`,
    );
  const deps: HttpDependencies = {
    calls: callStore(store.database),
    keys: keyStore(store.database),
    sessions: sessions('a secret of the test'),
    overview: overviewStore(store.database),
    tenants: tenantStore(store.database),
    leads: leadStore(store.database),
    doNotCall: doNotCallStore(store.database),
    personalData: personalDataStore(store.database),
    messages: messageStore(store.database),
    toolRuns: toolRunStore(store.database),
    recordings: recordingStore(store.database),
    recordingFiles: recordingFiles({ folder: recordingsFolder, keys: [] }),
    audit: auditStore(store.database),
    campaigns: campaignStore(store.database),
    events,
    rooms: livekitRooms({ connection: { url, apiKey, apiSecret }, agentName: 'nobody' }),
    agents: { get: (name) => agents.find((agent) => agent.name === name), list: () => agents },
    scenarioOf: scenarioFromCall,
    agentFiles: agentFiles(agentsFolder, { known: { tools: ['end-call'] }, editable: true }),
    agentVersions: agentVersionStore(store.database),
    agentChats: composeAgentChats(readConfig({ PARLEY_LOG_LEVEL: 'silent' })),
    examine: async () => [
      { check: 'node', durationMs: 1, findings: [{ status: 'ok', message: 'Node is new enough.' }] },
    ],
    pipelines: {
      presets: Object.values(pipelinePresets),
      checkOptions: (definition) => checkOptions(definition, {}),
      resolve: (wanted) => resolvePipeline({ wanted, settings: {}, available: { embedded: true } }),
    },
    admission: admissionStore(store.database),
    idempotency: idempotencyStore(store.database),
    jobs: jobQueue(store.database),
    trunks: trunkSettingsStore(store.database),
    sipTrunks: sipTrunks({ connection: { url: sip.url, apiKey, apiSecret }, agentName: 'parley' }),
    operatorTenantId: 'default',
    settings: { startedAt: new Date(0), fingerprints: (salt) => ({ settings: { PARLEY_PORT: salt }, secrets: '' }) },
    webhooks: webhookStore(store.database),
    deliveries: deliveryStore(store.database),
    checkWebhookUrl: (request) => checkWebhookUrl(request, { allowPrivate: false, resolveHost: publicNames }),
    checkCarrierAddress: (address) => checkCarrierAddress(address, { resolveHost: publicNames }),
    rules: {
      maxCalls: 5,
      trunkMaxCalls: 5,
      callsPerSecond: 10,
      attemptsPerNumberPerDay: 3,
      spendPerDayUsd: 10,
      maxMinutes: 240,
      rates: readRates(),
      trunkId: 'ST_test',
      fromNumber: '+14155550100',
      operatorTenantId: 'default',
    },
    checkTransferTarget: async () => {},
    health: () => ({ postgres: { status: 'up' }, livekit: { status: 'up' } }),
    metrics: { text: async () => '# metrics\n' },
    loop: { begin: () => () => {} },
    draining: draining.signal,
    rateLimit: { requests: 100_000, windowSeconds: 60 },
    version: '0.0.0',
    pageFolder: new URL('../../src/web/public', import.meta.url).pathname,
    logger: log.logger,
    ...overrides,
  };
  const app = createApp(deps);
  const keyOf = async (tenant: string, scopes: KeyScope[] = [...keyScopes]) =>
    (await createKey({ tenantId: tenant, name: 'test', scopes }, deps.keys)).key;
  const [key, otherKey] = [await keyOf(tenantId), await keyOf(otherTenantId)];

  /** Sends as the first tenant unless told otherwise; a body that is no string goes as JSON. */
  async function send(
    method: string,
    path: string,
    options: { key?: string | null; body?: unknown; headers?: Record<string, string> } = {},
  ) {
    const { body } = options;
    const json = body !== undefined && typeof body !== 'string';
    const used = options.key === undefined ? key : options.key;
    const response = await app.request(path, {
      method,
      headers: {
        ...(used !== null && { 'X-API-Key': used }),
        ...(json && { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
    });
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever the route answers
    const answer: any = isJson ? await response.json() : await response.text();
    return { status: response.status, headers: response.headers, body: answer };
  }

  return {
    app,
    deps,
    database: store.database,
    sip,
    recordingsFolder,
    key,
    otherKey,
    keyOf,
    send,
    draining,
    async close() {
      draining.abort();
      await events.close();
      await sip.close();
      await store.close();
      for (const folder of [recordingsFolder, agentsFolder]) await rm(folder, { recursive: true, force: true });
      log.check();
    },
  };
}
