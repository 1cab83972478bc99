import { distribution } from '../../src/caller/distribution.ts';
import { dispatches, phoneNumbers } from '../dispatches.ts';
import { sendLoad } from '../load.ts';
import { phoneCalls, untilEnded } from '../phone-calls.ts';
import type { Figures, Scenario } from '../scenario.ts';
import type { Phones } from '../systems/phones.ts';

const bursts = [100, 300];

/**
 * Calls over the phone: what the person called waits for the greeting, one call at a time; then a hundred requests at once, and three
 * hundred, whose phones are answered or busy after a while. No call may be lost, no phone rung twice, and each record says what its
 * phone did.
 */
export const dispatchBurst = {
  name: 'dispatch-burst',
  compared: false,
  async run(bench) {
    const figures: Figures = {};
    for (const burst of bench.quick ? bursts.slice(0, 1) : bursts) {
      const phones = await bench.startPhones({ calls: burst });
      const greetings = bench.quick ? 5 : 20;
      const numbers = phoneNumbers(greetings + burst);
      const greeted = await greet(phones, numbers.splice(0, greetings));
      const placed = await placeAtOnce(phones, numbers, burst === 100 ? 'dispatch_burst' : `dispatch_burst_${burst}`);
      Object.assign(figures, burst === 100 ? greeted : {}, placed);
      await phones.stop();
    }
    return figures;
  },
} as const satisfies Scenario;

/** Answered → first sample of the greeting at the far end. */
async function greet(phones: Phones, numbers: string[]): Promise<Figures> {
  await phones.sip.set(numbers, { does: 'answer', afterMs: 1_500, hangUpAfterMs: 3_000 });
  for (const number of numbers) await phoneCalls(phones, [number]);
  const heard = (await phones.sip.dials()).flatMap(({ answeredAtMs, heardAtMs }) =>
    answeredAtMs === null || heardAtMs === null ? [] : [heardAtMs - answeredAtMs],
  );
  const { n, p50, p95 } = distribution(heard);
  return { phone_greeting_ms_p50: p50, phone_greeting_ms_p95: p95, phone_greetings_measured: n };
}

async function placeAtOnce(phones: Phones, numbers: string[], prefix: string): Promise<Figures> {
  const burst = numbers.length;
  const answering = numbers.filter((_, index) => index % 4 === 0);
  const busy = numbers.filter((number) => !answering.includes(number));
  await phones.sip.set(answering, { does: 'answer', afterMs: 2_000, hangUpAfterMs: 4_000 });
  await phones.sip.set(busy, { does: 'refuse', afterMs: 2_000, sipStatus: 486, sipText: 'Busy Here' });
  const url = `${phones.api}/api/dispatch`;
  const answers = await sendLoad({ url, perSecond: 'at once', requests: dispatches(phones.key, numbers) });
  const accepted = answers.filter(({ status }) => status === 202);
  const ids = accepted.map(({ text }) => (JSON.parse(text) as { call_id: string }).call_id);
  await untilEnded(phones, ids);
  const dials = (await phones.sip.dials()).filter(({ to }) => numbers.includes(to));
  const rung = new Set(dials.map(({ to }) => to));
  const [counted] = await phones.query<{ lost: number; again: number }>(census, [ids]);
  const sentMs = Math.min(...answers.map(({ dueAtMs }) => dueAtMs));
  const { p95, max } = distribution(accepted.map(({ ms }) => ms));
  const all = rung.size === burst ? Math.round(Math.max(...dials.map(({ atMs }) => atMs)) - sentMs) : null;
  return {
    [`${prefix}_accepted_ms_p95`]: p95,
    [`${prefix}_accepted_ms_max`]: max,
    [`${prefix}_dialled_ms`]: all,
    [`${prefix}_errors`]: burst - accepted.length,
    [`${prefix}_lost`]: counted?.lost ?? null,
    [`${prefix}_outcomes_false`]: await falseOutcomes(phones, { answering, busy }),
    [prefix === 'dispatch_burst' ? 'dispatch_double_dials' : `${prefix}_double_dials`]: Math.max(
      dials.length - rung.size,
      counted?.again ?? 0,
    ),
  };
}

/** Calls whose record says something else than what the phone did. */
async function falseOutcomes(
  phones: Phones,
  { answering, busy }: { answering: string[]; busy: string[] },
): Promise<number> {
  const [counted] = await phones.query<{ count: number }>(
    `SELECT count(*) FILTER (WHERE NOT coalesce(CASE
        WHEN phone_number = ANY($1) THEN outcome = 'completed' AND end_reason = 'caller_hung_up'
        ELSE outcome = 'busy' END, false))::int AS count
      FROM parley.calls WHERE phone_number = ANY($1) OR phone_number = ANY($2)`,
    [answering, busy],
  );
  return counted!.count;
}

/** Calls that did not come to exactly one end or whose phone was never rung, and how often phones were rung beyond the first time. */
const census = `
  SELECT
    count(*) FILTER (WHERE state IS DISTINCT FROM 'ended' OR ends <> 1 OR attempts = 0)::int AS lost,
    coalesce(sum(attempts - 1) FILTER (WHERE attempts > 1), 0)::int AS again
  FROM (
    SELECT c.state,
      (SELECT count(*) FROM parley.call_events e WHERE e.call_id = ids.id AND e.type = 'call.ended') AS ends,
      (SELECT count(*) FROM parley.call_attempts a WHERE a.call_id = ids.id) AS attempts
    FROM unnest($1::text[]) AS ids(id) LEFT JOIN parley.calls c ON c.id = ids.id
  ) AS calls`;
