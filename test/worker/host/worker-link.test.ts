import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, JobAssignment, JobStatus, ServerMessage, WorkerMessage, WorkerStatus } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { startWorkerLink, type WorkerLink, type WorkerLinkOptions } from '../../../src/worker/host/worker-link.ts';

type Received = NonNullable<WorkerMessage['message']>;

/** The worker side of livekit-server, as far as it speaks to one worker. */
async function serverDouble(port = 0) {
  const server = new WebSocketServer({ port, host: '127.0.0.1', path: '/agent' });
  await once(server, 'listening');
  const received: Received[] = [];
  const sockets: WebSocket[] = [];
  const authorizations: (string | undefined)[] = [];
  let answersPings = true;
  server.on('connection', (socket, request) => {
    sockets.push(socket);
    authorizations.push(request.headers.authorization);
    socket.on('message', (data: Buffer) => {
      const { message } = WorkerMessage.fromBinary(data);
      received.push(message);
      if (message.case === 'register') send({ case: 'register', value: { workerId: `AW_${sockets.length}` } });
      if (message.case === 'ping' && answersPings) send({ case: 'pong', value: {} });
    });
  });
  const send = (message: NonNullable<ConstructorParameters<typeof ServerMessage>[0]>['message']) =>
    sockets.at(-1)?.send(new ServerMessage({ message: message! }).toBinary());
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: (server.address() as AddressInfo).port,
    sockets,
    received,
    authorizations,
    send,
    goSilent: () => {
      answersPings = false;
    },
    last: <C extends Received['case']>(name: C) =>
      received.findLast((message) => message.case === name)?.value as
        | Extract<Received, { case: C }>['value']
        | undefined,
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Double = Awaited<ReturnType<typeof serverDouble>>;

async function until(look: () => unknown): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!look()) {
    if (performance.now() > deadline) throw new Error('It never happened.');
    await sleep(10);
  }
}

describe('the link to livekit-server', () => {
  let server: Double;
  let link: WorkerLink | undefined;
  const events: string[] = [];
  const start = (options: Partial<WorkerLinkOptions> = {}) => {
    link = startWorkerLink({
      livekit: { url: server.url, apiKey: 'key', apiSecret: 'secret-of-at-least-32-characters-here' },
      agentName: 'parley',
      onOffer: () => true,
      onAssignment: ({ job }) => events.push(`assigned ${job?.id}`),
      onTermination: (jobId) => events.push(`terminated ${jobId}`),
      load: () => ({ load: 0.25, full: false, jobs: 3 }),
      log: () => undefined,
      ...options,
    });
    return link;
  };
  beforeEach(async () => {
    server = await serverDouble();
    events.length = 0;
  });
  afterEach(async () => {
    link?.close();
    await server.close();
  });

  it('registers under its name with a token that may work, and reports its load', async () => {
    await start().ready;
    await until(() => server.last('updateWorker'));
    expect(server.last('register')).toMatchObject({ agentName: 'parley', allowedPermissions: { canPublish: true } });
    expect(server.authorizations[0]).toMatch(/^Bearer ey/);
    expect(server.last('updateWorker')).toMatchObject({ load: 0.25, jobCount: 3, status: WorkerStatus.WS_AVAILABLE });
    expect(link!.connected).toBe(true);
  });

  it('answers offers, and passes assignments and terminations on', async () => {
    let room = true;
    await start({ onOffer: () => room }).ready;
    server.send({ case: 'availability', value: { job: new Job({ id: 'AJ_1' }) } });
    await until(() => server.last('availability'));
    expect(server.last('availability')).toMatchObject({
      jobId: 'AJ_1',
      available: true,
      participantIdentity: 'agent-AJ_1',
    });
    room = false;
    server.send({ case: 'availability', value: { job: new Job({ id: 'AJ_2' }) } });
    await until(() => server.last('availability')?.jobId === 'AJ_2');
    expect(server.last('availability')?.available).toBe(false);
    server.send({ case: 'assignment', value: new JobAssignment({ job: { id: 'AJ_1' }, token: 't' }) });
    server.send({ case: 'termination', value: { jobId: 'AJ_1' } });
    await until(() => events.length === 2);
    expect(events).toEqual(['assigned AJ_1', 'terminated AJ_1']);
    link!.reportJob('AJ_1', JobStatus.JS_FAILED, 'why');
    await until(() => server.last('updateJob'));
    expect(server.last('updateJob')).toMatchObject({ jobId: 'AJ_1', status: JobStatus.JS_FAILED, error: 'why' });
  });

  it('says that it is full', async () => {
    let full = false;
    await start({ load: () => ({ load: full ? 1 : 0, full, jobs: 0 }) }).ready;
    full = true;
    link!.report();
    await until(() => server.last('updateWorker')?.status === WorkerStatus.WS_FULL);
  });

  it('connects and registers again when the connection is lost', async () => {
    await start().ready;
    server.sockets[0]!.terminate();
    await until(() => server.received.filter((message) => message.case === 'register').length === 2);
    await until(() => link!.connected);
  });

  it('waits for a server that is not there yet', async () => {
    const { port } = server;
    await server.close();
    const { ready } = start();
    await sleep(1200);
    expect(link!.connected).toBe(false);
    server = await serverDouble(port);
    await ready;
  });

  it('gives a connection up whose other end has gone silent', async () => {
    await start({ pingEveryMs: 200 }).ready;
    server.goSilent();
    await until(() => server.received.filter((message) => message.case === 'register').length === 2);
  });

  it('survives a message it does not understand', async () => {
    await start().ready;
    server.sockets[0]!.send(Buffer.from('not protobuf'));
    server.send({ case: 'availability', value: { job: new Job({ id: 'AJ_3' }) } });
    await until(() => server.last('availability')?.jobId === 'AJ_3');
  });

  it('stays closed', async () => {
    await start().ready;
    link!.close();
    await until(() => server.sockets[0]!.readyState === 3);
    await sleep(700);
    expect(server.sockets).toHaveLength(1);
  });
});
