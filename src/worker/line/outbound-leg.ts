import { DisconnectReason } from '@livekit/rtc-node';
import type { SipClient } from 'livekit-server-sdk';
import { dial, type DialOutcome, dialOutcome, type SipCallStatus } from '../../../telephony/index.ts';
import { longestLineSeconds } from '../../calls/admission/carrier-dial.ts';
import type { DialObjection } from '../../calls/admission/permit-dial.ts';
import type { Call } from '../../calls/call.ts';
import type { CallChange, CallStore, Rooms } from '../../calls/ports.ts';
import { endOfDial } from './end-of-dial.ts';
import { later } from './later.ts';
import type { Leg, LegAnswer, LegContext } from './leg.ts';
import { aborted, handOver, type Phone, pressKeys, watchPhone } from './phone.ts';
import type { Leaving } from './presence.ts';

/** What a leg needs to ring a phone. */
export type PhoneLine = {
  sip: SipClient;
  calls: Pick<CallStore, 'transition' | 'findCall'>;
  rooms: Pick<Rooms, 'removeParticipant'>;
  /** Takes the next place of the call's trunk, and tells in how many seconds it is. */
  reserveDial: (call: Call) => Promise<number>;
  /** Asks every rule once more; when none objects the phone counts as dialled. */
  permitDial: (call: Call) => Promise<DialObjection>;
};

const calleeIdentity = 'callee';
const defaultRingSeconds = 40;
const longestRingSeconds = 75;
/** The API's answer and the leg's coming or leaving belong together and come in any order, this far apart. */
const joinMs = 5_000;
/** A phone that was dialled by an earlier session is there when this one comes, or is gone. */
const lookMs = 1_000;
/** livekit-sip ends the ringing by itself; when LiveKit was away meanwhile nobody may, and then we do. */
const overdueMs = 15_000;
const giveUpMs = 10_000;

/**
 * A phone that we dial. The session is ready by then, so the phone is rung by whoever wins `dispatching → dialing`, and by
 * nobody else; a call that was dialled before is never dialled again, but waited for.
 */
export function outboundLeg(line: PhoneLine): Leg {
  let context: LegContext | undefined;
  let dialled = false;
  let answeredAt: Date | undefined;

  const noteStatus = ({ call, record, ownership }: LegContext, status: SipCallStatus, at: Date) => {
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
        const phone = watchPhone(room, {
          onStatus: (status, at) => noteStatus(given, status, at),
          log: given.log,
        });
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

/** Waits for the trunk's pace, asks whether the phone may be dialled, then takes the right to dial. Undefined: it is ours. */
async function winDial(
  line: PhoneLine,
  { call, ownership, record, signal }: LegContext,
): Promise<LegAnswer | undefined> {
  const waitSeconds = await line.reserveDial(call);
  const stopped = aborted(signal);
  await Promise.race([later(waitSeconds * 1000, signal), stopped.promise]);
  stopped.stop();
  if (signal.aborted) return { ended: { reason: 'canceled_before_answer', hungUpBy: 'operator' } };
  const objection = await line.permitDial(call);
  // Its hours closed while it was prepared: it goes back into the line.
  if (objection && 'waitUntil' in objection)
    return {
      notDialled: { reason: 'blocked_by_rule', hungUpBy: 'parley', rule: 'calling_window', detail: 'its hours closed' },
    };
  if (objection)
    return {
      ended: { reason: 'blocked_by_rule', hungUpBy: 'parley', detail: objection.refused, rule: objection.rule },
    };
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

/** What the room tells first of a phone that is being reached. */
type Word =
  | { is: 'active'; identity: string; at: Date }
  | { is: 'left'; leaving: Leaving }
  /** No phone is there; it rang for longer than it may; the end was decided elsewhere. */
  | { is: 'absent' | 'overdue' | 'stopped' };

/**
 * Waits for the phone, by two witnesses that come in any order: the API's answer, which carries the carrier's word, and the leg in
 * the room. Where the API cannot be asked the room decides alone.
 */
async function reach(phone: Phone, { line, context, dials, stopped }: Reaching): Promise<LegAnswer> {
  const over = new AbortController();
  const said: { outcome?: DialOutcome } = {};
  const dialled = dials ? ring(phone, line, context).then((outcome) => void (said.outcome = outcome)) : undefined;
  const longestMs = ringSecondsOf(context) * 1000 + overdueMs;
  const room = Promise.race<Word>([
    phone.active.then((answer) => ({ is: 'active', ...answer })),
    phone.left.then((leaving) => ({ is: 'left', leaving })),
    stopped.then(() => ({ is: 'stopped' })),
    later(longestMs, over.signal).then(() => ({ is: 'overdue' })),
  ]);
  const absentFor = (ms: number) => phone.neverCame(ms).then((): Word => ({ is: 'absent' }));
  try {
    let word = await Promise.race([room, dialled ?? absentFor(lookMs)]);
    if (!word && (said.outcome?.kind === 'answered' || said.outcome?.kind === 'unknown'))
      word = await Promise.race([room, absentFor(joinMs)]);
    if (word?.is === 'active') return { identity: word.identity, at: word.at };
    if (word?.is === 'stopped' || word?.is === 'overdue') {
      if (dialled || phone.seen) await cancel(dialled ?? Promise.resolve(), line, context);
      const { status } = phone;
      const outcome = dialOutcome({ lastStatus: status, leftUnavailable: true, canceledByUs: word.is === 'stopped' });
      return endOfDial(outcome, new Date());
    }
    if (dialled && !said.outcome) await Promise.race([dialled, later(joinMs, over.signal)]);
    const at = word?.is === 'left' ? word.leaving.at : new Date();
    const { outcome } = said;
    return endOfDial(outcome && outcome.kind !== 'unknown' ? outcome : byRoom(phone, word, context), at);
  } finally {
    over.abort();
  }
}

/** The room's word alone: what the leg last showed, and what it said as it left. */
function byRoom({ status }: Phone, word: Word | undefined, { call }: LegContext): DialOutcome {
  return dialOutcome({
    // Whoever was on the line before this session came has hung up meanwhile.
    lastStatus: call.answeredAt ? 'hangup' : status,
    leftUnavailable: word?.is === 'left' && word.leaving.reason === DisconnectReason.USER_UNAVAILABLE,
    canceledByUs: false,
  });
}

function ringSecondsOf({ call, agent }: LegContext): number {
  return Math.min(longestRingSeconds, call.limits.ringSeconds ?? agent.limits.ring_seconds ?? defaultRingSeconds);
}

function ring(phone: Phone, { sip }: PhoneLine, context: LegContext): Promise<DialOutcome> {
  const { call, agent, room, signal } = context;
  const maxMinutes = call.limits.maxMinutes ?? agent.limits.max_minutes;
  return dial(
    sip,
    {
      trunkId: call.trunkId ?? '',
      to: call.phoneNumber ?? '',
      ...(call.fromNumber && { from: call.fromNumber }),
      room: room.name ?? call.id,
      identity: calleeIdentity,
      ringSeconds: ringSecondsOf(context),
      maxCallSeconds: longestLineSeconds(maxMinutes),
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
    // The phone may be somebody else's by now.
    if (!(await ownership.held().catch(() => false))) return;
    await rooms.removeParticipant(room.name ?? call.id, calleeIdentity).catch(() => undefined);
    over = await Promise.race([dialled.then(() => true), later(250).then(() => false)]);
  }
}
