import type { Witness } from './outside.ts';

/** What is looked at when all is calm again. */
export type Observed = {
  calls: CallRow[];
  events: { call_id: string; sequence: number; type: string }[];
  costs: { call_id: string; usd: string; lines: number }[];
  /** Priced answers of the model, and how often the model was asked. */
  answersBilled: number;
  answersGiven: number;
  witnesses: Witness[];
  /** Numbers in the order in which they were rung. */
  dials: string[];
  webhooks: { id: string; type: string; callId: string }[];
  accepted: { callId: string | undefined; number: string; kind: string; does: string | undefined }[];
};

export type CallRow = {
  id: string;
  direction: string;
  state: string;
  phone_number: string | null;
  outcome: string | null;
  end_reason: string | null;
  answered_at: Date | null;
  cost_usd: string;
};

export type Violation = { rule: keyof typeof rules; what: string };

/** Longer than the longest stall, the lease and a take-over together: nobody may hear nothing for so long. */
const deadAirSeconds = 50;

const reasonsToPutOut = ['ROOM_DELETED', 'PARTICIPANT_REMOVED'];
const withRow = (calls: CallRow[], { who, kind, room }: Witness) =>
  calls.find(({ id, phone_number: number }) => (kind === 'web' ? id === room : number === who));
const shown = (row: CallRow | undefined) => (row ? `${row.id} ${row.outcome}/${row.end_reason}` : 'no row');

/** What must be true of every storm. Each tells what broke it. */
const rules = {
  'a live person is never put out by us': ({ witnesses, calls }: Observed) =>
    witnesses
      .filter(
        ({ leftBy, answeredAtMs, kind }) =>
          reasonsToPutOut.includes(leftBy ?? '') && (answeredAtMs || kind === 'inbound'),
      )
      .map((person) => `${person.kind} ${person.who}: ${person.leftBy}, ${shown(withRow(calls, person))}`),
  'nobody sits with nobody': ({ witnesses }: Observed) =>
    witnesses.flatMap((person) => {
      if (person.answeredAtMs === null || person.leftAtMs === null) return [];
      const seconds = (person.leftAtMs - person.answeredAtMs) / 1000;
      const marks = [0, ...person.heardSeconds, seconds];
      const longest = Math.max(...marks.slice(1).map((at, index) => at - marks[index]!));
      return longest > deadAirSeconds ? [`${person.kind} ${person.who}: nothing for ${Math.round(longest)} s`] : [];
    }),
  'every call that was accepted ends': ({ accepted, calls, witnesses }: Observed) => [
    ...calls.filter(({ state }) => state !== 'ended').map((row) => `${row.id} ${row.direction} is ${row.state}`),
    ...accepted
      .filter(({ callId }) => callId && !calls.some(({ id }) => id === callId))
      .map(({ callId }) => `${callId} is no call`),
    ...witnesses.filter(({ leftAtMs }) => leftAtMs === null).map(({ kind, who }) => `${kind} ${who} is still there`),
  ],
  'every phone that comes in is a call': ({ witnesses, calls }: Observed) =>
    witnesses
      .filter((person) => person.kind === 'inbound' && !withRow(calls, person))
      .map(({ who, leftBy }) => `${who} (${leftBy})`),
  'each call has one end': ({ calls, events }: Observed) =>
    calls.flatMap(({ id }) => {
      const ends = events.filter(({ call_id: callId, type }) => callId === id && type === 'call.ended').length;
      return ends > 1 ? [`${id}: ${ends} ends`] : [];
    }),
  'nobody is dialled twice': ({ dials }: Observed) =>
    [...new Set(dials)].flatMap((number) => {
      const count = dials.filter((other) => other === number).length;
      return count > 1 ? [`${number}: ${count} times`] : [];
    }),
  'what nobody answered is not completed': ({ calls, witnesses }: Observed) =>
    calls
      .filter(({ outcome, answered_at: at }) => outcome === 'completed' && at === null)
      .map(shown)
      .concat(
        witnesses
          .filter((person) => person.kind !== 'web' && person.answeredAtMs === null)
          .flatMap((person) => withRow(calls, person) ?? [])
          .filter(({ outcome }) => outcome === 'completed')
          .map((row) => `${shown(row)}: the phone was never answered`),
      ),
  'who hung up is recorded so': ({ calls, witnesses }: Observed) =>
    witnesses
      .filter(({ leftBy, answeredAtMs }) => leftBy === 'self' && answeredAtMs !== null)
      .map((person) => withRow(calls, person))
      .filter(
        (row) => row?.end_reason === 'operator_hung_up' || row?.outcome === 'busy' || row?.outcome === 'no_answer',
      )
      .map((row) => `${shown(row)}: the person hung up`),
  'a busy phone is busy': ({ calls, accepted, dials }: Observed) =>
    accepted
      .filter(({ does, number }) => does === 'busy' && dials.includes(number))
      .map(({ callId }) => calls.find(({ id }) => id === callId))
      .filter((row) => row && row.outcome !== 'busy' && row.outcome !== 'unknown')
      .map((row) => shown(row)),
  'events are told once and in order': ({ events, calls }: Observed) =>
    calls.flatMap(({ id }) => {
      const own = events.filter(({ call_id: callId }) => callId === id).toSorted((a, b) => a.sequence - b.sequence);
      const types = own.map(({ type }) => type);
      const gap = own.find(({ sequence }, index) => sequence !== index + 1);
      const twice = ['call.answered', 'call.ended'].find((type) => types.filter((other) => other === type).length > 1);
      // A call that goes back into the line is due once more, after it said so.
      const line = types.filter(
        (type) => type === 'call.queued' || type === 'call.state' || type === 'call.attempt_ended',
      );
      const queuedTwice = line.some((type, index) => type === 'call.queued' && line[index - 1] === 'call.queued');
      const afterEnd = types.includes('call.ended') && types.at(-1) !== 'call.ended' ? types.at(-1) : undefined;
      return [
        gap && `${id}: a gap before ${gap.sequence}`,
        twice && `${id}: ${twice} twice`,
        queuedTwice ? `${id}: call.queued twice` : undefined,
        afterEnd && `${id}: ${afterEnd} after the end`,
      ].filter((found) => found !== undefined);
    }),
  'every cost is written once': ({ calls, costs, answersBilled, answersGiven }: Observed) => [
    ...costs
      .map((sum) => ({ sum, row: calls.find(({ id }) => id === sum.call_id) }))
      .filter(({ sum, row }) => row && Number(row.cost_usd) !== Number(sum.usd))
      .map(({ sum, row }) => `${row!.id}: ${row!.cost_usd} USD, its lines say ${sum.usd}`),
    ...(answersGiven > 10 && answersBilled === 0 ? [`${answersGiven} answers given, none billed`] : []),
    ...(answersBilled > answersGiven ? [`${answersBilled} answers billed, ${answersGiven} given`] : []),
  ],
  'every final webhook comes once and in order': ({ calls, webhooks }: Observed) =>
    calls.flatMap(({ id, state, answered_at: answeredAt }) => {
      const own = webhooks.filter(({ callId }) => callId === id);
      const finals = new Set(own.filter(({ type }) => type === 'call.ended').map((hook) => hook.id));
      const first = (type: string) => own.findIndex((hook) => hook.type === type);
      return [
        state === 'ended' && finals.size !== 1 ? `${id}: ${finals.size} final webhooks` : undefined,
        answeredAt && first('call.answered') > first('call.ended') ? `${id}: answered after ended` : undefined,
      ].filter((found) => found !== undefined);
    }),
};

/** One line per call: what the person saw, and what the record says. */
export function storyOf({ witnesses, calls }: Observed): string[] {
  const told = new Set<string>();
  const lines = witnesses.map((person) => {
    const row = withRow(calls, person);
    if (row) told.add(row.id);
    const seconds = (at: number | null) => (at === null ? '–' : ((at - person.joinedAtMs) / 1000).toFixed(1));
    const heard = person.heardSeconds.length;
    return `${person.kind} ${person.who}: answered ${seconds(person.answeredAtMs)} s, left ${seconds(person.leftAtMs)} s by ${person.leftBy}, heard ${heard} s; ${shown(row)}`;
  });
  return [
    ...lines,
    ...calls.filter(({ id }) => !told.has(id)).map((row) => `nobody saw ${row.direction} ${shown(row)}`),
  ];
}

export function violationsOf(observed: Observed): Violation[] {
  return Object.entries(rules).flatMap(([rule, broken]) =>
    broken(observed).map((what) => ({ rule: rule as keyof typeof rules, what })),
  );
}
