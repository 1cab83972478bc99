import { type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import { z } from 'zod';
import { transferModes } from '../../calls/control/transfer-mode.ts';
import type { ControlMessage } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import { safely } from '../safely.ts';

const topic = 'parley.control';

const controlMessageSchema: z.ZodType<ControlMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hang_up'), by: z.literal('operator') }),
  z.object({ type: z.literal('say'), text: z.string().min(1), interrupt: z.boolean() }),
  z.object({ type: z.literal('tool_answered'), runId: z.string() }),
  z.object({ type: z.literal('whisper'), text: z.string().min(1), speak: z.boolean() }),
  z.object({ type: z.literal('dtmf'), digits: z.string().regex(/^[0-9*#A-Dw,]+$/) }),
  z.object({
    type: z.literal('transfer'),
    to: z.string().min(1),
    mode: z.enum(transferModes).default('blind'),
    briefing: z.string().optional(),
  }),
]);

/**
 * Hears the commands of the API. Only the server can send without being a participant; what people in the room send on
 * the same topic is ignored. Returns what stops it.
 */
export function onControl({
  room,
  handle,
  log,
}: {
  room: Room;
  handle: (message: ControlMessage) => void;
  log: Log;
}): () => void {
  const onData = safely(
    { name: 'room.dataReceived', log },
    (payload: Uint8Array, sender: RemoteParticipant | undefined, _kind: unknown, on: string | undefined) => {
      if (on !== topic) return;
      if (sender) {
        log('warn', 'a participant tried to send a command; it is ignored', {});
        return;
      }
      handle(controlMessageSchema.parse(JSON.parse(new TextDecoder().decode(payload))));
    },
  );
  room.on(RoomEvent.DataReceived, onData);
  return () => void room.off(RoomEvent.DataReceived, onData);
}
