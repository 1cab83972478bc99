import { distribution } from '../../src/caller/distribution.ts';
import { cpuSeconds } from '../../src/load/process-tree.ts';
import { dispatches, phoneNumbers } from '../dispatches.ts';
import { type LoadAnswer, sendLoad } from '../load.ts';
import type { Bench, Figures, Scenario } from '../scenario.ts';

const perSecond = 100;

/**
 * `POST /api/dispatch` at a steady rate, each request with a number and an Idempotency-Key of its own. First for calls of a
 * later day, so that the API is measured; then for calls that are dialled meanwhile, by a worker on the same cores.
 */
export const dispatch = {
  name: 'dispatch',
  compared: false,
  async run(bench) {
    return { ...(await accepting(bench)), ...(await dialling(bench)) };
  },
} as const satisfies Scenario;

async function accepting(bench: Bench): Promise<Figures> {
  const count = perSecond * (bench.quick ? 10 : 30);
  const phones = await bench.startPhones({ calls: 0 });
  const order = { url: `${phones.api}/api/dispatch`, perSecond };
  const tomorrow = { schedule: { not_before: new Date(Date.now() + 24 * 3_600_000).toISOString() } };
  const numbers = phoneNumbers(count + perSecond);
  // The first second opens connections and compiles code; it is no part of the figure.
  await sendLoad({ ...order, requests: dispatches(phones.key, numbers.splice(0, perSecond), tomorrow) });
  const cpu = () => ({ serve: cpuSeconds(phones.servePid), postgres: cpuSeconds(phones.postgresPid) });
  const before = cpu();
  const answers = await sendLoad({ ...order, requests: dispatches(phones.key, numbers, tomorrow) });
  const after = cpu();
  const { p50, p95, max } = distribution(accepted(answers).map(({ ms }) => ms));
  const each = (seconds: number) => Math.round((100_000 * seconds) / count) / 100;
  await phones.stop();
  return {
    dispatch_ms_p50: p50,
    dispatch_ms_p95: p95,
    dispatch_ms_max: max,
    dispatch_requests: count,
    dispatch_errors: count - accepted(answers).length,
    dispatch_serve_cpu_ms: each(after.serve - before.serve),
    dispatch_postgres_cpu_ms: each(after.postgres - before.postgres),
  };
}

async function dialling(bench: Bench): Promise<Figures> {
  const count = perSecond * (bench.quick ? 3 : 10);
  const phones = await bench.startPhones({ calls: 24 });
  const numbers = phoneNumbers(count);
  await phones.sip.set(numbers, { does: 'refuse', afterMs: 20, sipStatus: 486, sipText: 'Busy Here' });
  const answers = await sendLoad({
    url: `${phones.api}/api/dispatch`,
    perSecond,
    requests: dispatches(phones.key, numbers),
  });
  const { p50, p95, max } = distribution(accepted(answers).map(({ ms }) => ms));
  await phones.stop();
  return {
    dispatch_dialling_ms_p50: p50,
    dispatch_dialling_ms_p95: p95,
    dispatch_dialling_ms_max: max,
    dispatch_dialling_errors: count - accepted(answers).length,
  };
}

const accepted = (answers: LoadAnswer[]) => answers.filter(({ status }) => status === 202);
