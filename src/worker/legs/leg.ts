import type { LocalTrackPublication, RemoteParticipant, Room } from '@livekit/rtc-node';
import type { Call } from '../../calls/call.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { EndCause } from '../ending.ts';

/** What a leg works with: a room in which the agent already listens, and its track is published. */
export type LegContext = {
  call: Call;
  room: Room;
  publication: LocalTrackPublication;
  /** Aborted when the conversation is over before it began. */
  signal: AbortSignal;
  log: Log;
};

/** Somebody can hear us now, or nobody ever will. */
export type LegAnswer = { participant: RemoteParticipant } | { ended: EndCause };

/** The line over which the other person is reached: a browser, a phone that we dial, a phone that dialled us. */
export type Leg = {
  /** Whether somebody with a screen is in the room. */
  showsEvents: boolean;
  /** Reaches the person; resolves at the moment the agent may speak. */
  answer(context: LegContext): Promise<LegAnswer>;
  sendDtmf?(digits: string): void;
  transfer?(to: string): void;
};

/** A new leg for a call. */
export type LegFactory = () => Leg;
