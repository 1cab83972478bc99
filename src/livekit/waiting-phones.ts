import { ParticipantInfo_Kind } from '@livekit/protocol';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import type { JobMetadata, WaitingPhones } from '../calls/ports.ts';
import { ask, askIfThere, clientOptions, type LivekitConnection } from './connection.ts';

/** Rooms to which the dispatch rule of a phone number sent a caller, and nobody else came. */
export function livekitWaitingPhones(options: { connection: LivekitConnection; agentName: string }): WaitingPhones {
  const { connection, agentName } = options;
  const { url, apiKey, apiSecret } = connection;
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, clientOptions);
  const dispatches = new AgentDispatchClient(url, apiKey, apiSecret, clientOptions);
  /** Rooms that had an agent; one that loses it again is no caller whom nobody took. */
  let attended = new Set<string>();

  const metadataOf = async (room: string): Promise<JobMetadata | undefined> => {
    const sent = (await askIfThere(() => dispatches.listDispatch(room))) ?? [];
    const text = sent.find((dispatch) => dispatch.agentName === agentName)?.metadata;
    try {
      return text === undefined ? undefined : (JSON.parse(text) as JobMetadata);
    } catch {
      return undefined;
    }
  };

  return async (waitedSeconds) => {
    const found = await ask(() => rooms.listRooms());
    attended = new Set(found.flatMap(({ sid }) => (attended.has(sid) ? [sid] : [])));
    const latest = Date.now() - waitedSeconds * 1000;
    const waiting: Awaited<ReturnType<WaitingPhones>> = [];
    for (const { sid, name, creationTime } of found) {
      const createdAt = new Date(Number(creationTime) * 1000);
      if (attended.has(sid) || createdAt.getTime() > latest) continue;
      const present = (await askIfThere(() => rooms.listParticipants(name))) ?? [];
      if (present.some(({ kind }) => kind === ParticipantInfo_Kind.AGENT)) attended.add(sid);
      else if (present.some(({ kind }) => kind === ParticipantInfo_Kind.SIP)) {
        const metadata = await metadataOf(name);
        // What we dial or open carries the id of its call, and has a row that is looked after.
        if (metadata && metadata.callId === undefined) waiting.push({ room: name, createdAt, metadata });
      }
    }
    return waiting;
  };
}
