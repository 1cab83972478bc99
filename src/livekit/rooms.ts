import { setTimeout as sleep } from 'node:timers/promises';
import { ParticipantInfo_Kind } from '@livekit/protocol';
import { AgentDispatchClient, DataPacket_Kind, ParticipantInfo_State, RoomServiceClient } from 'livekit-server-sdk';
import { CallError } from '../calls/errors.ts';
import type { Rooms } from '../calls/ports.ts';
import { isSupervisor } from '../calls/supervise/supervisor.ts';
import { callerToken } from './caller-token.ts';
import { supervisorToken } from './supervisor-token.ts';
import { ask, askIfThere, clientOptions, type LivekitConnection } from './connection.ts';

const controlTopic = 'parley.control';

/** A participant's data channel opens some ten milliseconds after it joined; what is sent before is lost in silence. */
const hearsAfterMs = 500;

/** Rooms of one livekit-server, with the workers that registered as `agentName`. */
export function livekitRooms(options: { connection: LivekitConnection; agentName: string }): Rooms {
  const { connection, agentName } = options;
  const { url, apiKey, apiSecret } = connection;
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, clientOptions);
  const dispatches = new AgentDispatchClient(url, apiKey, apiSecret, clientOptions);
  const present = async (room: string) => {
    const found = (await askIfThere(() => rooms.listParticipants(room))) ?? [];
    return found.filter((participant) => participant.state !== ParticipantInfo_State.DISCONNECTED);
  };

  return {
    async openRoom(room, emptySeconds) {
      await ask(() => rooms.createRoom({ name: room, emptyTimeout: emptySeconds }));
    },

    async dispatchAgent({ room, metadata, emptyTimeoutSeconds }) {
      await ask(async () => {
        // A dispatch creates the room as well, with the server's own timeouts.
        if (emptyTimeoutSeconds !== undefined)
          await rooms.createRoom({ name: room, emptyTimeout: emptyTimeoutSeconds });
        await dispatches.createDispatch(room, agentName, { metadata: JSON.stringify(metadata) });
      });
    },

    callerToken: (request) => callerToken(connection, request),

    supervisorToken: (request) => supervisorToken(connection, request),

    async deleteRoom(room) {
      await askIfThere(() => rooms.deleteRoom(room));
    },

    async participants(room) {
      const found = await present(room);
      return found.map(({ identity, kind, attributes }) => ({
        identity,
        // Who supervises is no person of the call, whom anybody waits for.
        kind: isSupervisor(identity) ? 'other' : (kindNames[kind] ?? 'other'),
        attributes,
      }));
    },

    async list() {
      const open = await ask(() => rooms.listRooms());
      return open.map(({ name, creationTime }) => ({ name, createdAt: new Date(Number(creationTime) * 1000) }));
    },

    async removeParticipant(room, identity) {
      await askIfThere(() => rooms.removeParticipant(room, identity));
    },

    async sendControl(room, message) {
      const sessions = (await present(room)).filter(({ kind }) => kind === ParticipantInfo_Kind.AGENT);
      // livekit-server keeps nothing for a session that comes later.
      if (sessions.length === 0)
        throw new CallError(
          'call_not_live',
          'No session runs the call now. Send the command again in a second, unless the call has ended.',
          { details: { retry_after_seconds: 1 } },
        );
      const youngestMs = Math.min(...sessions.map(({ joinedAtMs }) => Date.now() - Number(joinedAtMs)));
      await sleep(Math.min(Math.max(hearsAfterMs - youngestMs, 0), hearsAfterMs));
      const data = new TextEncoder().encode(JSON.stringify(message));
      const destinationIdentities = sessions.map(({ identity }) => identity);
      await ask(() =>
        rooms.sendData(room, data, DataPacket_Kind.RELIABLE, { topic: controlTopic, destinationIdentities }),
      );
    },
  };
}

const kindNames: { [Kind in ParticipantInfo_Kind]?: 'standard' | 'sip' | 'agent' } = {
  [ParticipantInfo_Kind.STANDARD]: 'standard',
  [ParticipantInfo_Kind.SIP]: 'sip',
  [ParticipantInfo_Kind.AGENT]: 'agent',
};
