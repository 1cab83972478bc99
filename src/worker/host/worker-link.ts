import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Job,
  type JobAssignment,
  type JobStatus,
  JobType,
  ParticipantPermission,
  ServerMessage,
  WorkerMessage,
  WorkerStatus,
} from '@livekit/protocol';
import { WebSocket } from 'ws';
import { agentToken } from '../../livekit/agent-token.ts';
import type { Log } from '../../telemetry/logger.ts';

/** What livekit-server is told of this worker. `load` is 0…1; it gives no job to one at 0.7 or above. */
export type WorkerLoad = { load: number; full: boolean; jobs: number };

export type WorkerLinkOptions = {
  livekit: { url: string; apiKey: string; apiSecret: string };
  agentName: string;
  /** Decides at once whether a job can be had; what it promises is kept free until the assignment comes. */
  onOffer: (job: Job) => boolean;
  onAssignment: (assignment: JobAssignment) => void;
  onTermination: (jobId: string) => void;
  load: () => WorkerLoad;
  /** A server that says nothing to two pings is gone, whatever TCP believes. @default 5000 */
  pingEveryMs?: number;
  log: Log;
};

/** The worker protocol of livekit-server: binary protobuf over a WebSocket at `/agent`. It is connected again without end. */
export type WorkerLink = {
  /** Resolved when registered for the first time. */
  ready: Promise<void>;
  readonly connected: boolean;
  /** Tells the server of a change in `load`. */
  report(): void;
  reportJob(jobId: string, status: JobStatus, error?: string): void;
  close(): void;
};

const handshakeMs = 10_000;
const longestPauseMs = 10_000;

export function startWorkerLink(options: WorkerLinkOptions): WorkerLink {
  const { log, pingEveryMs = 5_000 } = options;
  const ready = Promise.withResolvers<void>();
  const closing = new AbortController();
  let socket: WebSocket | undefined;
  let registered = false;

  const send = (message: NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>['message']) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(new WorkerMessage({ message: message! }).toBinary());
  };
  const report = () => {
    const { load, full, jobs } = options.load();
    const status = full ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE;
    if (registered) send({ case: 'updateWorker', value: { status, load, jobCount: jobs } });
  };

  const receive = ({ message }: ServerMessage) => {
    switch (message.case) {
      case 'register':
        registered = true;
        log('info', 'registered with LiveKit', { workerId: message.value.workerId });
        report();
        ready.resolve();
        return;
      case 'availability': {
        const { job } = message.value;
        if (!job) return;
        const available = options.onOffer(job);
        const participant = { participantIdentity: `agent-${job.id}`, participantName: 'Agent' };
        send({ case: 'availability', value: { jobId: job.id, available, ...participant } });
        report();
        return;
      }
      case 'assignment':
        options.onAssignment(message.value);
        return;
      case 'termination':
        options.onTermination(message.value.jobId);
        return;
      default:
    }
  };

  /** One connection, until it is lost. @returns how long it was registered, in milliseconds */
  const connect = async (): Promise<number> => {
    const lost = Promise.withResolvers<void>();
    const ws = new WebSocket(agentUrl(options.livekit), {
      headers: { Authorization: `Bearer ${await agentToken(options.livekit)}` },
      handshakeTimeout: handshakeMs,
      perMessageDeflate: false,
    });
    socket = ws;
    let registeredMs = 0;
    let heardMs = performance.now();
    const pinging = setInterval(() => {
      if (performance.now() - heardMs > 2.4 * pingEveryMs) ws.terminate();
      else send({ case: 'ping', value: { timestamp: BigInt(Date.now()) } });
    }, pingEveryMs);
    ws.on('open', () =>
      send({
        case: 'register',
        value: {
          type: JobType.JT_ROOM,
          agentName: options.agentName,
          version: '0.1.0',
          pingInterval: Math.ceil(pingEveryMs / 1000),
          allowedPermissions: new ParticipantPermission({
            canPublish: true,
            canSubscribe: true,
            canPublishData: true,
            canUpdateMetadata: true,
            agent: true,
          }),
        },
      }),
    );
    ws.on('message', (data: Buffer) => {
      heardMs = performance.now();
      if (!registered) registeredMs = heardMs;
      try {
        receive(ServerMessage.fromBinary(data));
      } catch (error) {
        log('error', 'a message of livekit-server could not be handled', { error });
      }
    });
    let problem: Error | undefined;
    ws.on('error', (error) => (problem = error));
    ws.on('close', () => lost.resolve());
    const stop = () => ws.close();
    closing.signal.addEventListener('abort', stop, { once: true });
    try {
      await lost.promise;
    } finally {
      clearInterval(pinging);
      closing.signal.removeEventListener('abort', stop);
      registered = false;
      socket = undefined;
    }
    if (!closing.signal.aborted)
      log(
        'warn',
        registeredMs
          ? 'the connection to LiveKit is lost; running calls go on, and it is tried again'
          : 'LiveKit took no connection of this worker; it is tried again',
        { error: problem },
      );
    return registeredMs && performance.now() - registeredMs;
  };

  const run = async () => {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      if ((await connect()) > 0) failures = 0;
      const pauseMs = Math.random() * Math.min(longestPauseMs, 500 * 2 ** failures);
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  void run().catch((error: unknown) => log('error', 'the link to LiveKit ended', { error }));

  return {
    ready: ready.promise,
    get connected() {
      return registered;
    },
    report,
    reportJob: (jobId, status, error = '') => send({ case: 'updateJob', value: { jobId, status, error } }),
    close: () => closing.abort(),
  };
}

function agentUrl({ url }: { url: string }): string {
  const address = new URL(url.replace(/^http/, 'ws'));
  address.pathname = `${address.pathname.replace(/\/$/, '')}/agent`;
  return address.href;
}
