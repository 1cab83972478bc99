import type { LocalTrackPublication, Room } from '@livekit/rtc-node';
import type { TransferOutcome } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, Direction } from '../../calls/call.ts';
import type { Rooms } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallLog } from '../call/call-log.ts';
import type { EndCause } from '../call/ending.ts';
import type { Ownership } from '../call/ownership.ts';

/** What a leg works with: a room in which the agent already listens, and its track is published. */
export type LegContext = {
  call: Call;
  /** Another session had this call: the person was there already. */
  resumed: boolean;
  agent: Agent;
  /** What is done outside this process is done as the owner of the call. */
  ownership: Ownership;
  /** What the leg tells is written in order, beside the call: nobody on the line waits for the database. */
  record: CallLog;
  room: Room;
  publication: LocalTrackPublication;
  /** livekit-server's own view of the room: people who only listen are announced to the room late, or never. */
  rooms: Pick<Rooms, 'participants'>;
  /** Aborted when the conversation is over before it began. */
  signal: AbortSignal;
  log: Log;
};

/**
 * Somebody has heard us since `at`, or nobody ever will. `notDialled`: no phone was rung, so it may be tried later; the cause says
 * why, should that go on for too long.
 */
export type LegAnswer = { identity: string; at: Date } | { ended: EndCause } | { notDialled: EndCause };

/** The line over which the other person is reached: a browser, a phone that we dial, a phone that dialled us. */
export type Leg = {
  /** Whether somebody with a screen is in the room. */
  showsEvents: boolean;
  /** Reaches the person; resolves at the moment the agent may speak. */
  answer(context: LegContext): Promise<LegAnswer>;
  /** Whether it has asked for a phone to be rung. */
  readonly dialled?: boolean;
  /** When a phone was picked up, whatever came of that. */
  readonly answeredAt?: Date | undefined;
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

/** Somebody is there, for the first time in this call. */
export function noteAnswered({ call, record }: Pick<LegContext, 'call' | 'record'>, at: Date): void {
  if (!call.answeredAt) record.add({ events: [{ type: 'call.answered', at }], answeredAt: at });
}
