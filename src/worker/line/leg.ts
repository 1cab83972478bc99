import type { LocalTrackPublication, Room } from '@livekit/rtc-node';
import type { TransferOutcome } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, Direction } from '../../calls/call.ts';
import type { Rooms } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { EndCause } from '../call/ending.ts';

/** What a leg works with: a room in which the agent already listens, and its track is published. */
export type LegContext = {
  call: Call;
  /** Another session had this call: the person was there already. */
  resumed: boolean;
  agent: Agent;
  /** Under which this process holds the call's lease. */
  owner: string;
  room: Room;
  publication: LocalTrackPublication;
  /** livekit-server's own view of the room: people who only listen are announced to the room late, or never. */
  rooms: Pick<Rooms, 'participants'>;
  /** Aborted when the conversation is over before it began. */
  signal: AbortSignal;
  log: Log;
};

/** Somebody can hear us now, or nobody ever will. */
export type LegAnswer = { identity: string } | { ended: EndCause };

/** The line over which the other person is reached: a browser, a phone that we dial, a phone that dialled us. */
export type Leg = {
  /** Whether somebody with a screen is in the room. */
  showsEvents: boolean;
  /** Reaches the person; resolves at the moment the agent may speak. */
  answer(context: LegContext): Promise<LegAnswer>;
  /** Resolves once the states that the leg went through are in the database. Never rejects. */
  settled?(): Promise<void>;
  sendDtmf?(digits: string): void;
  /** Hands the person to another number, E.164. Never rejects. */
  transfer?(to: string): Promise<TransferOutcome>;
};

/** A new leg for a call. */
export type LegFactory = () => Leg;

/** @throws Error when this worker has none for such a call */
export function legOf({ direction }: Call, legs: Partial<Record<Direction, LegFactory>>): Leg {
  const create = legs[direction];
  if (create) return create();
  throw new Error(`This worker has no leg for ${direction} calls.`);
}
