import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { randomUUID } from 'node:crypto';
import { Room } from '@livekit/rtc-node';
import { createProviderHealth } from '../../pipelines/index.ts';
import type { Agent } from '../../src/agent-files/agent.ts';
import { newId } from '../../src/calls/new-id.ts';
import type { Call, CallLimits } from '../../src/calls/call.ts';
import { agentToken } from './room-tokens.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { messageStore } from '../../src/store/calls/message-store.ts';
import { noTelemetry } from '../../src/telemetry/telemetry.ts';
import { MeasurementRelay } from '../../src/telemetry/metrics/measurement-relay.ts';
import type { CallProcessDependencies } from '../../src/worker/dependencies.ts';
import { createGate } from '../../src/worker/call/gate.ts';
import { webLeg } from '../../src/worker/line/web-leg.ts';
import { startSdk } from '../../src/worker/conversation/sdk-pins.ts';
import { Leases } from '../../src/worker/call/leases.ts';
import { Pace } from '../../src/worker/call/pace.ts';
import type { SessionContext } from '../../src/worker/call/session-context.ts';
import { Session } from '../../src/worker/call/session.ts';
import { SpeechCache } from '../../src/worker/sound/speech-cache.ts';
import { livekit } from '../setup/servers.ts';
import { brokenLine } from '../store/broken-line.ts';
import { aCall, openStore, tenantId } from '../store/open-store.ts';
import { toolMeans } from './tool-means.ts';
import { anAgent } from './an-agent.ts';
import { type FakePipeline, type FakePipelineOptions, fakePipeline } from './fake-pipeline.ts';

export type PlacedCall = { callId: string; session: Session; pipelines: FakePipeline[]; callerToken: string };

/** Sessions run in the process of the test, on the real livekit-server and database, with providers that take fixed times. */
export async function openCalls({
  breakable = false,
  connection = livekit(),
}: {
  /** Puts a line between the sessions and the database that can be cut. */
  breakable?: boolean;
  connection?: { url: string; apiKey: string; apiSecret: string };
} = {}) {
  const store = await openStore();
  const line = breakable ? await brokenLine(store.url) : undefined;
  const database = line ? openDatabase({ url: line.url, maxConnections: 4, outageSeconds: 1 }) : store.database;
  const rooms = livekitRooms({ connection, agentName: randomUUID() });
  const calls = callStore(database);
  const messages = messageStore(database);
  const logs: { level: string; message: string; fields: Record<string, unknown> | undefined }[] = [];
  const log: CallProcessDependencies['log'] = (level, message, fields) => logs.push({ level, message, fields });
  const patience = new AbortController();
  const providerHealth = createProviderHealth();
  startSdk(log);

  const place = async ({
    agent = anAgent(),
    pipeline = {},
    limits = {},
    resume = false,
    callId = newId('call'),
    deps = {},
    owner = 'test-process',
    joinSeconds = 30,
  }: {
    agent?: Agent;
    pipeline?: FakePipelineOptions;
    limits?: CallLimits;
    resume?: boolean;
    callId?: string;
    deps?: Partial<CallProcessDependencies>;
    owner?: string;
    joinSeconds?: number;
  } = {}): Promise<PlacedCall> => {
    if (!(await calls.findCall(callId)))
      await calls.insertCall(
        aCall({
          id: callId,
          direction: 'web',
          state: 'in_progress',
          phoneNumber: null,
          limits,
          answeredAt: null,
        }),
        { type: 'call.state', data: { state: 'in_progress', direction: 'web' } },
      );
    const pipelines: FakePipeline[] = [];
    const context: SessionContext = {
      deps: {
        calls,
        messages,
        doNotCall: doNotCallStore(database),
        tools: toolMeans(database),
        agents: { get: (name) => (name === agent.name ? agent : undefined), list: () => [agent] },
        rooms,
        buildPipeline: async () => {
          const built = fakePipeline(pipeline);
          pipelines.push(built);
          return built;
        },
        checkTransferTarget: async ({ to }) => ({ to, trunk: undefined }),
        priceOf: () => ({ usd: '0', source: 'none' }),
        providerHealth,
        measurements: new MeasurementRelay(),
        telemetry: noTelemetry,
        legs: { web: () => webLeg({ joinSeconds }) },
        log,
        close: async () => undefined,
        ...deps,
      },
      owner,
      leases: new Leases({ store: deps.calls ?? calls, log }),
      cache: new SpeechCache(),
      joinGate: createGate(4),
      pace: new Pace({ atOnce: 4, loop: { lateMs: 0 } }),
      patience: patience.signal,
    };
    const token = await agentToken(connection, { room: callId });
    const metadata = JSON.stringify({ callId, tenantId, ...(resume && { resume }) });
    const session = new Session({ jobId: randomUUID(), room: callId, url: connection.url, token, metadata }, context);
    const callerToken = await rooms.callerToken({ room: callId, identity: 'caller', ttlSeconds: 600 });
    return { callId, session, pipelines, callerToken };
  };

  return {
    place,
    calls,
    database,
    messages,
    rooms,
    logs,
    line,
    url: connection.url,
    /** A caller that only listens. */
    joinQuietly: async ({ callerToken }: PlacedCall): Promise<Room> => {
      const room = new Room();
      await room.connect(connection.url, callerToken, { autoSubscribe: true, dynacast: false });
      return room;
    },
    /** The row of an ended call. */
    ended: async (call: PlacedCall): Promise<Call> => {
      await call.session.written;
      return (await calls.findCall(call.callId))!;
    },
    close: async () => {
      patience.abort();
      providerHealth.close();
      if (line) {
        await database.close();
        line.close();
      }
      await store.close();
    },
  };
}

export type InProcessCalls = Awaited<ReturnType<typeof openCalls>>;
