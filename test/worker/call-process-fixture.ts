/** A call process as the host forks it, with the real adapters and providers that take fixed times. */
import { installRaceShim } from '../../src/worker/host/race-shim.ts';
import type { CallProcessDependencies } from '../../src/worker/dependencies.ts';
import type { FakePipelineOptions } from './fake-pipeline.ts';

if (!process.argv.includes('--no-race-shim')) installRaceShim();
const { serveHost } = await import('../../src/worker/host/serve-host.ts');
const { livekitRooms } = await import('../../src/livekit/rooms.ts');
const { callStore } = await import('../../src/store/calls/call-store.ts');
const { openDatabase } = await import('../../src/store/connection/database.ts');
const { doNotCallStore } = await import('../../src/store/people/do-not-call-store.ts');
const { recordingStore } = await import('../../src/store/calls/recording-store.ts');
const { spoolOf } = await import('../../src/store/recordings/recording-files.ts');
const { messageStore } = await import('../../src/store/calls/message-store.ts');
const { createProviderHealth } = await import('../../pipelines/index.ts');
const { webLeg } = await import('../../src/worker/line/web-leg.ts');
const { MeasurementRelay } = await import('../../src/telemetry/metrics/measurement-relay.ts');
const { countingCalls } = await import('../../src/telemetry/metrics/measure-calls.ts');
const { noTelemetry } = await import('../../src/telemetry/telemetry.ts');
const { anAgent } = await import('./an-agent.ts');
const { toolMeans } = await import('./tool-means.ts');
const { fakePipeline } = await import('./fake-pipeline.ts');

export type FixtureConfig = {
  databaseUrl: string;
  livekit: { url: string; apiKey: string; apiSecret: string };
  pipeline: Pick<FakePipelineOptions, 'transcripts' | 'finalMs' | 'firstTokenMs' | 'firstAudioMs' | 'msPerCharacter'>;
  /** What the agent answers to everything. */
  answer: string;
  /** Records calls in this folder. */
  recordIn?: string;
  /** Milliseconds after its start at which the process stops answering. */
  hangAfterMs?: number;
};

async function compose(received: unknown): Promise<CallProcessDependencies> {
  const config = received as FixtureConfig;
  const database = openDatabase({ url: config.databaseUrl, maxConnections: 4 });
  const { recordIn } = config;
  const agent = anAgent(recordIn ? { recording: { consent: 'none' } } : {});
  if (config.hangAfterMs !== undefined)
    setTimeout(() => {
      for (;;);
    }, config.hangAfterMs);
  const measurements = new MeasurementRelay();
  const calls = countingCalls(callStore(database), measurements);
  return {
    calls,
    messages: messageStore(database),
    doNotCall: doNotCallStore(database),
    tools: toolMeans(database),
    ...(recordIn && {
      recordings: { spool: spoolOf({ folder: recordIn, keys: [] }), store: recordingStore(database) },
    }),
    agents: { get: () => agent, list: () => [agent] },
    rooms: livekitRooms({ connection: config.livekit, agentName: 'none' }),
    buildPipeline: async () => fakePipeline({ ...config.pipeline, answer: () => ({ text: config.answer }) }),
    checkTransferTarget: async ({ to }) => ({ to, trunk: undefined }),
    priceOf: () => ({ usd: '0', source: 'none' }),
    measurements,
    providerHealth: createProviderHealth(),
    telemetry: noTelemetry,
    legs: { web: () => webLeg() },
    log: (level, message, fields) => {
      if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
    },
    close: () => database.close(),
  };
}

await serveHost(compose);
process.exit(0);
