import { once } from 'node:events';
import { createServer } from 'node:net';
import { ServerMessage, WorkerMessage } from '@livekit/protocol';
import { DisconnectReason, Room, RoomEvent } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { newId } from '../../src/calls/new-id.ts';
import type { Rooms } from '../../src/calls/ports.ts';
import { agentToken } from '../../src/livekit/agent-token.ts';
import type { LivekitConnection } from '../../src/livekit/connection.ts';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { livekit } from '../setup/servers.ts';

let connection: LivekitConnection;
let rooms: Rooms;
const cleanUp: (() => unknown)[] = [];

beforeAll(() => {
  connection = livekit();
  rooms = livekitRooms({ connection, agentName: 'parley-test' });
});
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function join(token: string): Promise<Room> {
  const room = new Room();
  await room.connect(connection.url, token, { autoSubscribe: true, dynacast: false });
  cleanUp.push(() => room.disconnect());
  return room;
}

/** A token as livekit-server and livekit-sip give to participants that are not people in a browser. */
function tokenOf(kind: 'agent' | 'sip', who: { room: string; identity: string; attributes?: Record<string, string> }) {
  const { room, ...claims } = who;
  const token = new AccessToken(connection.apiKey, connection.apiSecret, claims);
  token.kind = kind;
  token.addGrant({ room, roomJoin: true });
  return token.toJwt();
}

/** A worker that takes every job and joins no room. */
async function registerWorker(agentName: string): Promise<{ nextJob: Promise<{ room: string; metadata: string }> }> {
  const socket = new WebSocket(`${connection.url}/agent`, {
    headers: { authorization: `Bearer ${await agentToken(connection)}` },
  });
  cleanUp.push(() => socket.close());
  await once(socket, 'open');
  const registered = Promise.withResolvers<void>();
  const job = Promise.withResolvers<{ room: string; metadata: string }>();
  socket.on('message', (data: Buffer) => {
    const { message } = ServerMessage.fromBinary(data);
    if (message.case === 'register') registered.resolve();
    if (message.case === 'availability')
      job.resolve({ room: message.value.job?.room?.name ?? '', metadata: message.value.job?.metadata ?? '' });
  });
  socket.send(
    new WorkerMessage({
      message: { case: 'register', value: { agentName, version: '0', type: 0 } as never },
    }).toBinary(),
  );
  await registered.promise;
  return { nextJob: job.promise };
}

describe('dispatching', () => {
  test('brings the room and its metadata to a worker that registered with our token', async () => {
    const { nextJob } = await registerWorker('parley-test');
    const room = newId('call');
    cleanUp.push(() => rooms.deleteRoom(room));
    await rooms.dispatchAgent({ room, metadata: { callId: room, agent: 'receptionist' }, emptyTimeoutSeconds: 30 });
    const job = await nextJob;
    expect(job.room).toBe(room);
    expect(JSON.parse(job.metadata)).toEqual({ callId: room, agent: 'receptionist' });
  });
});

describe('a caller with our token', () => {
  test('joins the room it is for, is listed, and leaves when removed', async () => {
    const room = newId('call');
    const token = await rooms.callerToken({ room, identity: 'caller', name: 'Ada', ttlSeconds: 60 });
    const caller = await join(token);
    expect(caller.name).toBe(room);
    expect(await rooms.participants(room)).toEqual([{ identity: 'caller', kind: 'standard', attributes: {} }]);
    const left = once(caller as never, RoomEvent.Disconnected);
    await rooms.removeParticipant(room, 'caller');
    expect(await left).toEqual([DisconnectReason.PARTICIPANT_REMOVED]);
  });

  test('may publish its microphone and listen, and nothing else', async () => {
    const token = await rooms.callerToken({ room: newId('call'), identity: 'caller', ttlSeconds: 60 });
    const { video } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { video: object };
    expect(video).toMatchObject({
      canPublish: true,
      canPublishSources: ['microphone'],
      canSubscribe: true,
      canPublishData: false,
    });
    expect(video).not.toHaveProperty('roomAdmin');
  });
});

test('tells phones from browsers', async () => {
  const room = newId('call');
  await join(await tokenOf('sip', { room, identity: 'callee', attributes: { 'sip.callStatus': 'ringing' } }));
  expect(await rooms.participants(room)).toEqual([
    { identity: 'callee', kind: 'sip', attributes: { 'sip.callStatus': 'ringing' } },
  ]);
});

describe('a control message', () => {
  test('reaches a session that has only just joined, on its topic and from no participant', async () => {
    const room = newId('call');
    const caller = await join(await rooms.callerToken({ room, identity: 'caller', ttlSeconds: 60 }));
    const overheard: unknown[] = [];
    caller.on(RoomEvent.DataReceived, (payload) => overheard.push(payload));
    const session = await join(await tokenOf('agent', { room, identity: 'session' }));
    const heard = new Promise((resolve) => {
      session.once(RoomEvent.DataReceived, (payload, from, _kind, topic) =>
        resolve({ message: JSON.parse(new TextDecoder().decode(payload)), from, topic }),
      );
    });
    await rooms.sendControl(room, { type: 'say', text: 'Grüß Gott', interrupt: true });
    expect(await heard).toEqual({
      message: { type: 'say', text: 'Grüß Gott', interrupt: true },
      from: undefined,
      topic: 'parley.control',
    });
    expect(overheard).toEqual([]);
  });

  test.each(['is gone', 'has a caller but no session yet'])('to a room that %s is refused', async (how) => {
    const room = newId('call');
    if (how !== 'is gone') await join(await rooms.callerToken({ room, identity: 'caller', ttlSeconds: 60 }));
    await expect(rooms.sendControl(room, { type: 'hang_up', by: 'operator' })).rejects.toMatchObject({
      code: 'call_not_live',
    });
  });
});

describe('what is not there', () => {
  test('is deleted, removed and listed without complaint', async () => {
    const room = newId('call');
    await rooms.deleteRoom(room);
    await rooms.removeParticipant(room, 'nobody');
    expect(await rooms.participants(room)).toEqual([]);
  });
});

describe('when LiveKit', () => {
  test('refuses the key, says which settings to mend', async () => {
    const strangers = livekitRooms({ connection: { ...connection, apiSecret: 'x'.repeat(32) }, agentName: 'parley' });
    await expect(strangers.participants('room')).rejects.toMatchObject({
      code: 'livekit_unavailable',
      message: expect.stringContaining('LIVEKIT_API_SECRET'),
    });
  });

  test('cannot be reached, says so at once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    const nowhere = livekitRooms({ connection: { ...connection, url: `ws://127.0.0.1:${port}` }, agentName: 'parley' });
    await expect(nowhere.dispatchAgent({ room: 'r', metadata: {} })).rejects.toMatchObject({
      code: 'livekit_unavailable',
      message: expect.stringContaining('LIVEKIT_URL'),
    });
  });

  test('accepts and never answers, gives up in time', async () => {
    const sockets = new Set<{ destroy: () => void }>();
    const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as { port: number };
    const silent = livekitRooms({ connection: { ...connection, url: `ws://127.0.0.1:${port}` }, agentName: 'parley' });
    await expect(silent.deleteRoom('r')).rejects.toMatchObject({ message: expect.stringContaining('in time') });
  });
});
