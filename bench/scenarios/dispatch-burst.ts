import { distribution } from '../../src/caller/distribution.ts';
import { dispatches, phoneNumbers } from '../dispatches.ts';
import { sendLoad } from '../load.ts';
import { phoneCalls, untilEnded } from '../phone-calls.ts';
import type { Figures, Scenario } from '../scenario.ts';
import type { Phones } from '../systems/phones.ts';

const burst = 100;

/**
 * Calls over the phone: what the person called waits for the greeting, one call at a time; then a hundred requests at once, whose
 * phones are answered or busy after a while. No call may be lost and no phone rung twice.
 */
export const dispatchBurst = {
  name: 'dispatch-burst',
  compared: false,
  async run(bench) {
    const phones = await bench.startPhones({ calls: burst });
    const greetings = bench.quick ? 5 : 20;
    const numbers = phoneNumbers(greetings + burst);
    const figures = await greet(phones, numbers.splice(0, greetings));
    Object.assign(figures, await placeAtOnce(phones, numbers));
    await phones.stop();
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

async function placeAtOnce(phones: Phones, numbers: string[]): Promise<Figures> {
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
    dispatch_burst_accepted_ms_p95: p95,
    dispatch_burst_accepted_ms_max: max,
    dispatch_burst_dialled_ms: all,
    dispatch_burst_errors: burst - accepted.length,
    dispatch_burst_lost: counted?.lost ?? null,
    dispatch_double_dials: Math.max(dials.length - rung.size, counted?.again ?? 0),
  };
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
