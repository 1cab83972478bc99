import { setTimeout as sleep } from 'node:timers/promises';
import { type Accepted, place } from './calls.ts';
import { faults, thingOf } from './faults.ts';
import { type CallRow, type Observed, type Violation, violationsOf } from './invariants.ts';
import type { PlannedFault, Schedule } from './schedule.ts';
import { aborted, setStage, type Stage } from './stage.ts';

export type StormResult = { violations: Violation[]; observed: Observed; logs: string };

/** Once faults and new calls have stopped, everything has to come to its end within so long. */
const calmSeconds = 100;

/** Lets a schedule happen to real processes and says what broke. With violations the logs are kept. */
export async function runStorm(
  schedule: Schedule,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<StormResult> {
  const stage = await setStage(signal);
  const startMs = Date.now();
  const at = () => ((Date.now() - startMs) / 1000).toFixed(1).padStart(6);
  const until = (seconds: number) => sleep(Math.max(0, startMs + seconds * 1000 - Date.now()));
  let keepLogs = true;
  try {
    const accepted: Accepted[] = [];
    const placing = schedule.calls.map(async (plan) => {
      await until(plan.atSeconds);
      const call = await place(stage, plan);
      say(`${at()} ${plan.kind} ${plan.number} ${call ? (call.callId ?? call.room) : 'was not accepted'}`);
      if (call) accepted.push(call);
    });
    const busy = new Map<string, Promise<void>>();
    const harming = schedule.faults.map(async (fault) => {
      await until(fault.atSeconds);
      const thing = thingOf(fault);
      const turn = (busy.get(thing) ?? Promise.resolve()).then(() =>
        harm(stage, fault, (line) => say(`${at()} ${line}`)),
      );
      busy.set(thing, turn);
      return turn;
    });
    await Promise.race([Promise.all([...placing, ...harming]), aborted(signal)]);
    say(`${at()} calm`);
    await Promise.race([calm(stage, calmSeconds), aborted(signal)]);
    const observed = await look(stage, accepted);
    const violations = violationsOf(observed);
    keepLogs = violations.length > 0;
    return { violations, observed, logs: `${stage.servers.folder}/logs` };
  } finally {
    await stage.close({ keepLogs });
  }
}

async function harm(stage: Stage, fault: PlannedFault, say: (line: string) => void): Promise<void> {
  const what = `${fault.kind} ${fault.target + 1}, ${fault.seconds} s`;
  say(what);
  await faults[fault.kind](stage, fault);
  say(`  over: ${what}`);
}

/** Waits until everybody has hung up and every call has ended, at most so long; then for the last webhooks. */
async function calm({ outside, query }: Stage, seconds: number): Promise<void> {
  for (const deadlineMs = Date.now() + seconds * 1000; Date.now() < deadlineMs; await sleep(1000)) {
    const { witnesses } = await outside.ask({ ask: 'seen' });
    const [open] = await query<{ count: string }>("SELECT count(*) FROM parley.calls WHERE state <> 'ended'");
    if (witnesses.every(({ leftAtMs }) => leftAtMs !== null) && open?.count === '0') break;
  }
  await sleep(6_000);
}

async function look(
  { outside, query, hook, answersGiven, usdPerAnswer }: Stage,
  accepted: Accepted[],
): Promise<Observed> {
  const seen = await outside.ask({ ask: 'seen' });
  const [billed] = await query<{ usd: string }>(
    "SELECT coalesce(sum(usd), 0) AS usd FROM parley.call_costs WHERE component = 'llm'",
  );
  return {
    calls: await query<CallRow>('SELECT * FROM parley.calls ORDER BY created_at'),
    events: await query('SELECT call_id, sequence, type FROM parley.call_events ORDER BY call_id, sequence'),
    costs: await query(
      'SELECT call_id, sum(usd) AS usd, count(*)::int AS lines FROM parley.call_costs GROUP BY call_id',
    ),
    answersBilled: Math.round(Number(billed?.usd) / usdPerAnswer),
    answersGiven: answersGiven(),
    ...seen,
    webhooks: hook.received.map(({ body, headers }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { call_id: string } };
      return { id: String(headers['webhook-id']), type, callId: data.call_id };
    }),
    accepted: accepted.map(({ plan, callId }) => ({
      callId,
      number: plan.number,
      kind: plan.kind,
      does: plan.kind === 'outbound' ? plan.does : undefined,
    })),
  };
}
