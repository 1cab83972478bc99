import { setTimeout as delay } from 'node:timers/promises';
import { readWav } from '../../src/caller/wav.ts';
import { resample } from '../../src/caller/resample.ts';
import { speech } from '../conversation.ts';
import { phoneNumbers } from '../dispatches.ts';
import { campaignCalls, phoneCalls } from '../phone-calls.ts';
import type { Scenario } from '../scenario.ts';
import { countStatements, type StatementCounts } from '../statements.ts';

const phoneRateHz = 48_000;
const turns = 3;
/** From one question of the person to the next: the question, the answer, and a breath. */
const turnMs = 7_000;

/**
 * Statements that `serve` and `worker` send for an answered call of several turns, from the request to the report, when as many are
 * on as a call process holds; then the same for as many calls of a campaign. What both send in the same time without a call (health,
 * sweeps, the poll of the queue) is measured before and taken off.
 */
export const sqlStatements = {
  name: 'sql-statements',
  compared: false,
  async run(bench) {
    const count = bench.quick ? 6 : 12;
    const phones = await bench.startPhones({ calls: count, countStatements: true });
    const numbers = phoneNumbers(2 * count + 1);
    const plays = await questionsAsked();
    const person = { does: 'answer', afterMs: 300, plays, hangUpAfterMs: 2_000 + turns * turnMs } as const;
    await phones.sip.set(numbers, person);
    // A call before opens connections and compiles code; it is no part of the figure.
    await phoneCalls(phones, numbers.splice(2 * count));
    await countStatements(phones);
    const idleMs = bench.quick ? 10_000 : 30_000;
    await delay(idleMs);
    const idle = await countStatements(phones);
    const perCall = async (place: (called: string[]) => Promise<unknown>) => {
      const startMs = performance.now();
      await place(numbers.splice(0, count));
      const busyMs = performance.now() - startMs;
      const busy = await countStatements(phones);
      return difference({ busy, idle, idleFor: busyMs / idleMs, count });
    };
    const single = await perCall((called) => phoneCalls(phones, called));
    const ofCampaign = await perCall((called) => campaignCalls(phones, called));
    const [spoken] = await phones.query<{ count: number }>('SELECT count(*)::int FROM parley.call_turns');
    await phones.stop();
    for (const [name, kinds] of Object.entries({ single, 'of a campaign': ofCampaign })) {
      console.log(`  ${name}:`);
      for (const [kind, each] of kinds) console.log(`  ${each.toFixed(1).padStart(5)}  ${kind}`);
    }
    return {
      sql_statements_per_call: tenths(sum(single)),
      sql_statements_per_campaign_call: tenths(sum(ofCampaign)),
      sql_turns_per_call: tenths((spoken?.count ?? 0) / (2 * count + 1)),
    };
  },
} as const satisfies Scenario;

const sum = (counts: StatementCounts) => [...counts.values()].reduce((total, each) => total + each, 0);
const tenths = (value: number) => Math.round(10 * value) / 10;

/** What a call adds to each kind of statement, most first. */
function difference(counted: {
  busy: StatementCounts;
  idle: StatementCounts;
  idleFor: number;
  count: number;
}): StatementCounts {
  const { busy, idle, idleFor, count } = counted;
  const each = [...new Set([...busy.keys(), ...idle.keys()])].map(
    (kind) => [kind, ((busy.get(kind) ?? 0) - (idle.get(kind) ?? 0) * idleFor) / count] as const,
  );
  return new Map(each.toSorted(([, one], [, other]) => other - one));
}

/** A person who asks, listens, and asks again; mono 48 kHz. */
async function questionsAsked(): Promise<Int16Array> {
  const { pcm } = resample(await readWav(speech('hours').wav), phoneRateHz);
  const turnSamples = (turnMs * phoneRateHz) / 1000;
  const all = new Int16Array(turns * turnSamples);
  // The agent's greeting comes first.
  for (let turn = 0; turn < turns; turn++) all.set(pcm, turn * turnSamples + 4 * phoneRateHz);
  return all;
}
