import { randomUUID } from 'node:crypto';
import { Room } from '@livekit/rtc-node';
import { newId } from '../../src/calls/new-id.ts';
import type { Call } from '../../src/calls/call.ts';
import { recoverLostCalls } from '../../src/calls/end/recover-lost-calls.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { countingCalls } from '../../src/telemetry/metrics/measure-calls.ts';
import { Metrics } from '../../src/telemetry/metrics/metrics.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { startWorkerHost, type WorkerHostOptions } from '../../src/worker/host/host.ts';
import { livekit } from '../setup/servers.ts';
import { aCall, openStore } from '../store/open-store.ts';
import type { FixtureConfig } from './call-process-fixture.ts';

/** A worker host with real call processes, the real livekit-server and database, and providers that take fixed times. */
export async function openHost(
  options: Partial<Pick<WorkerHostOptions, 'callProcesses' | 'callsPerProcess' | 'callsPerLife' | 'embeddedCalls'>> & {
    fixture?: Partial<FixtureConfig>;
    hungSeconds?: number;
  } = {},
) {
  const store = await openStore();
  const connection = livekit();
  const agentName = randomUUID();
  const rooms = livekitRooms({ connection, agentName });
  const calls = callStore(store.database);
  const metrics = new Metrics({ version: 'test' });
  const logs: { level: string; message: string; fields: Record<string, unknown> | undefined }[] = [];
  const config: FixtureConfig = {
    databaseUrl: store.url,
    livekit: connection,
    pipeline: {},
    answer: 'We are open from nine to five.',
    ...options.fixture,
  };
  const host = startWorkerHost({
    livekit: connection,
    agentName,
    callProcesses: options.callProcesses ?? 1,
    callsPerProcess: options.callsPerProcess ?? 4,
    callsPerLife: options.callsPerLife,
    embeddedCalls: options.embeddedCalls ?? 100,
    usesEngine: ({ pipeline }) => pipeline === 'embedded',
    callProcess: {
      config,
      entry: new URL('./call-process-fixture.ts', import.meta.url),
      environment: process.env,
      ...(options.hungSeconds !== undefined && { hungSeconds: options.hungSeconds }),
    },
    recoverLostCalls: (loss) => recoverLostCalls({ store: countingCalls(calls, metrics), rooms }, loss),
    measurements: metrics,
    log: (level, message, fields) => logs.push({ level, message, fields }),
  });
  await host.ready;

  /** Writes the row and asks LiveKit for an agent, as the API does. */
  const place = async (pipeline = 'cloud'): Promise<{ callId: string; callerToken: string }> => {
    const callId = newId('call');
    await calls.insertCall(
      aCall({
        id: callId,
        direction: 'web',
        state: 'in_progress',
        phoneNumber: null,
        pipeline,
        answeredAt: new Date(),
      }),
      { type: 'call.answered' },
    );
    await rooms.dispatchAgent({ room: callId, metadata: { callId, pipeline }, emptyTimeoutSeconds: 60 });
    return { callId, callerToken: await rooms.callerToken({ room: callId, identity: 'caller', ttlSeconds: 600 }) };
  };

  const until = async <T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
  ): Promise<T> => {
    const deadline = performance.now() + 75_000;
    for (;;) {
      const seen = await look();
      if (seen) return seen;
      if (performance.now() > deadline) throw new Error(`It never happened: ${what}. Log: ${JSON.stringify(logs)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  return {
    host,
    database: store.database,
    metrics,
    place,
    until,
    calls,
    rooms,
    logs,
    url: connection.url,
    /** Somebody who comes, listens and stays. */
    join: async (token: string): Promise<Room> => {
      const room = new Room();
      await room.connect(connection.url, token, { autoSubscribe: true, dynacast: false });
      return room;
    },
    /** Whether an agent is in the room of the call. */
    hasAgent: async (callId: string) => (await rooms.participants(callId)).some(({ kind }) => kind === 'agent'),
    ended: (callId: string): Promise<Call> =>
      until(`the end of ${callId}`, async () => {
        const call = await calls.findCall(callId);
        return call?.state === 'ended' && call;
      }),
    close: async () => {
      await host.close();
      await store.close();
    },
  };
}
