import { setTimeout as sleep } from 'node:timers/promises';
import type { SipClient } from 'livekit-server-sdk';
import { dial, type DialOutcome, dialOutcome, type SipCallStatus } from '../../../telephony/index.ts';
import type { Call } from '../../calls/call.ts';
import type { CallChange, CallStore, Rooms } from '../../calls/ports.ts';
import { endOfDial } from './end-of-dial.ts';
import type { Leg, LegAnswer, LegContext } from './leg.ts';
import { aborted, handOver, type Phone, pressKeys, watchPhone } from './phone.ts';

/** What a leg needs to ring a phone. */
export type PhoneLine = {
  sip: SipClient;
  calls: Pick<CallStore, 'transition' | 'findCall'>;
  rooms: Pick<Rooms, 'removeParticipant'>;
  /** Takes the next place of the call's trunk, and tells when it is. */
  reserveDial: (call: Call) => Promise<Date>;
};

const calleeIdentity = 'callee';
const defaultRingSeconds = 40;
const longestRingSeconds = 75;
/** The API's answer and the leg's leaving belong together and come in any order, this far apart. */
const joinMs = 5_000;
/** livekit-sip is told to end the leg a minute after we should have. */
const spareSeconds = 60;
const giveUpMs = 10_000;

/**
 * A phone that we dial. The session is ready by then, so the phone is rung by whoever wins `dispatching → dialing`, and by
 * nobody else; a call that was dialled before is never dialled again, but waited for.
 */
export function outboundLeg(line: PhoneLine): Leg {
  let context: LegContext | undefined;
  let dialled = false;
  let answeredAt: Date | undefined;

  const noteStatus = ({ call, record, ownership }: LegContext, status: SipCallStatus) => {
    const at = new Date();
    const note = (change: Pick<CallChange, 'to' | 'from' | 'patch' | 'event'>) =>
      void record.change((id) =>
        line.calls.transition({ ...change, callId: call.id, epoch: ownership.epoch, change: id }),
      );
    if (status === 'ringing') note({ to: 'ringing', from: ['dialing'], event: { type: 'call.ringing', at } });
    if (status !== 'active') return;
    answeredAt ??= at;
    note({ to: 'in_progress', patch: { answeredAt: at }, event: { type: 'call.answered', at } });
  };

  return {
    showsEvents: false,
    get dialled() {
      return dialled;
    },
    get answeredAt() {
      return answeredAt;
    },
    answer: async (given) => {
      context = given;
      const { call, room, signal } = given;
      const stopped = aborted(signal);
      const first = call.state === 'dispatching';
      try {
        if (first) {
          const refused = await winDial(line, given);
          if (refused) return refused;
          dialled = true;
        }
        const phone = watchPhone(room, (status) => noteStatus(given, status));
        try {
          return await reach(phone, { line, context: given, dials: first, stopped: stopped.promise });
        } finally {
          phone.stop();
        }
      } finally {
        stopped.stop();
      }
    },
    sendDtmf: (digits) => {
      if (context) void pressKeys(context.room, { ...context, digits });
    },
    transfer: async (to) => {
      if (!context) return { kind: 'refused', detail: 'nobody is on the line' };
      return handOver(line.sip, { room: context.room, to });
    },
  };
}

/** Waits for the trunk's pace, then takes the right to dial. Undefined: it is ours. */
async function winDial(
  line: PhoneLine,
  { call, ownership, record, signal }: LegContext,
): Promise<LegAnswer | undefined> {
  const turn = await line.reserveDial(call);
  await sleep(Math.max(0, turn.getTime() - Date.now()), undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return { ended: { reason: 'canceled_before_answer', hungUpBy: 'operator' } };
  const won = await record.change((change) =>
    line.calls.transition({
      callId: call.id,
      to: 'dialing',
      from: ['dispatching'],
      event: { type: 'call.dialing', data: { attempt: call.attempt } },
      epoch: ownership.epoch,
      change,
    }),
  );
  // Nobody dials for a call that may be somebody else's by now, as after a stall; what became of it they find out.
  if (won && (await ownership.held())) return undefined;
  if (!won) ownership.lose();
  return { ended: { reason: 'canceled_before_answer', hungUpBy: 'operator' } };
}

type Reaching = { line: PhoneLine; context: LegContext; dials: boolean; stopped: Promise<undefined> };

async function reach(phone: Phone, { line, context, dials, stopped }: Reaching): Promise<LegAnswer> {
  const dialled = dials ? ring(phone, line, context) : undefined;
  const leftUnexplained = (dials || phone.participant ? phone.left : Promise.resolve()).then(async () => {
    if (dials) await sleep(joinMs);
    // Whoever was on the line before this session came has hung up meanwhile.
    const lastStatus = context.call.answeredAt ? 'hangup' : phone.status;
    return dialOutcome({ lastStatus, canceledByUs: false });
  });
  const active = phone.active.then((identity) => ({ identity, at: new Date() }));
  const met = await Promise.race([active, leftUnexplained, stopped, ...(dialled ? [dialled] : [])]);
  if (met === undefined) {
    if (dialled) await cancel(dialled, line, context);
    return { ended: endOfDial({ kind: 'canceled', detail: 'canceled before the answer' }) };
  }
  if ('identity' in met) return met;
  if (met.kind !== 'answered' && met.kind !== 'unknown') return { ended: endOfDial(met) };
  // The API spoke before the room did, or could not be asked: the room tells the rest.
  const outcome = await Promise.race([active, phone.left, stopped, phone.participant ? never : sleep(joinMs)]);
  if (typeof outcome === 'object') return outcome;
  const lastStatus = phone.status;
  return { ended: endOfDial(lastStatus ? dialOutcome({ lastStatus, canceledByUs: false }) : met) };
}

const never = new Promise<never>(() => undefined);

function ring(phone: Phone, { sip }: PhoneLine, { call, agent, room, signal }: LegContext): Promise<DialOutcome> {
  const ringSeconds = call.limits.ringSeconds ?? agent.limits.ring_seconds ?? defaultRingSeconds;
  const maxMinutes = call.limits.maxMinutes ?? agent.limits.max_minutes;
  return dial(
    sip,
    {
      trunkId: call.trunkId ?? '',
      to: call.phoneNumber ?? '',
      ...(call.fromNumber && { from: call.fromNumber }),
      room: room.name ?? call.id,
      identity: calleeIdentity,
      ringSeconds: Math.min(longestRingSeconds, ringSeconds),
      maxCallSeconds: maxMinutes * 60 + spareSeconds,
    },
    { lastStatus: () => phone.status, signal },
  );
}

/**
 * Ends the ringing. The phone may not be in the room yet when we give up, and would then ring in a room where nobody is: it
 * is removed until the request for it is over.
 */
async function cancel(
  dialled: Promise<unknown>,
  { rooms }: PhoneLine,
  { call, ownership, room }: LegContext,
): Promise<void> {
  const deadline = performance.now() + giveUpMs;
  for (let over = false; !over && performance.now() < deadline;) {
    if (!(await ownership.held().catch(() => false))) return;
    await rooms.removeParticipant(room.name ?? call.id, calleeIdentity).catch(() => undefined);
    over = (await Promise.race([dialled.then(() => true), sleep(250, false)])) === true;
  }
}
