import { ParticipantInfo_Kind } from '@livekit/protocol';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import type { JobMetadata, WaitingPhone, WaitingPhones } from '../calls/ports.ts';
import { ask, askIfThere, clientOptions, type LivekitConnection } from './connection.ts';

/** Two people, or a person and an agent, are no phone that waits; whoever comes first may not be counted yet. */
const mostWhoWait = 1;

/** Rooms to which the dispatch rule of a phone number sent a caller, and nobody else is there. */
export function livekitWaitingPhones(options: { connection: LivekitConnection; agentName: string }): WaitingPhones {
  const { connection, agentName } = options;
  const { url, apiKey, apiSecret } = connection;
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, clientOptions);
  const dispatches = new AgentDispatchClient(url, apiKey, apiSecret, clientOptions);

  const metadataOf = async (room: string): Promise<JobMetadata | undefined> => {
    const sent = (await askIfThere(() => dispatches.listDispatch(room))) ?? [];
    const text = sent.find((dispatch) => dispatch.agentName === agentName)?.metadata;
    try {
      return text === undefined ? undefined : (JSON.parse(text) as JobMetadata);
    } catch {
      return undefined;
    }
  };

  const waitingIn = async (room: string, createdAt: Date): Promise<WaitingPhone | undefined> => {
    const present = (await askIfThere(() => rooms.listParticipants(room))) ?? [];
    const phone = present.find(({ kind }) => kind === ParticipantInfo_Kind.SIP);
    if (!phone || present.some(({ kind }) => kind === ParticipantInfo_Kind.AGENT)) return undefined;
    const metadata = await metadataOf(room);
    // What we dial or open carries the id of its call, and has a row that is looked after.
    if (!metadata || metadata.callId !== undefined) return undefined;
    return { room, createdAt, metadata, attributes: phone.attributes };
  };

  return async () => {
    const alone = (await ask(() => rooms.listRooms())).filter(({ numParticipants }) => numParticipants <= mostWhoWait);
    // One room that cannot be looked into keeps no other caller waiting.
    const looks = await Promise.allSettled(
      alone.map(({ name, creationTime }) => waitingIn(name, new Date(Number(creationTime) * 1000))),
    );
    return looks.flatMap((look) => (look.status === 'fulfilled' && look.value ? [look.value] : []));
  };
}
