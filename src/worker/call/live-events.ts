import type { Room } from '@livekit/rtc-node';
import type { CallEventType } from '../../calls/call.ts';
import { eventData } from '../../calls/webhooks/event-data.ts';
import type { Log } from '../../telemetry/logger.ts';

/** Topic of the events that a page in the room may show: JSON `{type, at, data}`, reliable and in order. */
export const eventsTopic = 'parley.events';

/** Shows a call to those in its room while it happens. Whatever fails here concerns nobody's voice, and is not repeated. */
export class LiveEvents {
  readonly #room: Room;
  readonly #log: Log;

  constructor({ room, log }: { room: Room; log: Log }) {
    this.#room = room;
    this.#log = log;
  }

  publish(type: CallEventType, data: Record<string, unknown>): void {
    const participant = this.#room.localParticipant;
    if (!participant || !this.#room.isConnected) return;
    const text = JSON.stringify({ type, at: new Date().toISOString(), data: eventData({ type, data }) });
    participant
      .publishData(new TextEncoder().encode(text), { reliable: true, topic: eventsTopic })
      .catch((error: unknown) => this.#log('debug', 'an event could not be shown in the room', { error, type }));
  }
}
