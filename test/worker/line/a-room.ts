import { EventEmitter } from 'node:events';
import { DisconnectReason, ParticipantKind, type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';

/** The events of a room as LiveKit's library tells them: what comes from a server is played by the test. */
export function aRoom() {
  const events = new EventEmitter();
  const people = new Map<string, RemoteParticipant>();
  const room = Object.assign(events, {
    name: 'call_1',
    isConnected: true,
    localParticipant: { identity: 'agent' },
    remoteParticipants: people,
  }) as unknown as Room;
  const tell = (event: RoomEvent, ...args: unknown[]) => void events.emit(event, ...args);
  return {
    room,
    comes(identity: string, status?: string, kind = ParticipantKind.SIP): void {
      const attributes = status === undefined ? {} : { 'sip.callStatus': status };
      const person = { identity, attributes, info: { kind }, trackPublications: new Map([['TR_1', {}]]) };
      people.set(identity, person as unknown as RemoteParticipant);
      tell(RoomEvent.ParticipantConnected, person);
    },
    /** `untold`: the room knows, and tells of it by no event. */
    becomes(identity: string, status: string, { untold = false } = {}): void {
      const person = people.get(identity)!;
      (person.attributes as Record<string, string>)['sip.callStatus'] = status;
      if (untold) return;
      tell(RoomEvent.ParticipantAttributesChanged, { 'sip.callStatus': status }, person);
    },
    leaves(identity: string, disconnectReason = DisconnectReason.CLIENT_INITIATED): void {
      const person = people.get(identity)!;
      people.delete(identity);
      tell(RoomEvent.ParticipantDisconnected, Object.assign(person, { disconnectReason }));
    },
    reconnecting: () => tell(RoomEvent.Reconnecting),
    reconnected: () => tell(RoomEvent.Reconnected),
  };
}
