import { storyOf } from './invariants.ts';
import { runStorm } from './storm.ts';
import { scheduleOf } from './schedule.ts';

/** `make storm`: SEED repeats a storm, MINUTES is how long faults and new calls go on. */
const seed = Number(process.env['SEED'] || Math.floor(Math.random() * 1e6));
const minutes = Number(process.env['MINUTES'] || 2);
if (!Number.isInteger(seed) || !(minutes > 0)) {
  console.error('SEED is a whole number, MINUTES a number above 0.');
  process.exit(1);
}
const again = `make storm SEED=${seed} MINUTES=${minutes}`;
console.log(`${again}   (the same again)`);
const schedule = scheduleOf({ seed, seconds: minutes * 60, callEverySeconds: 7, faultEverySeconds: 9 });
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const { violations, observed, logs } = await runStorm(schedule, {
  say: (line) => console.log(line),
  signal: stop.signal,
});
const { calls } = observed;
for (const line of storyOf(observed)) console.log(line);
for (const { rule, what } of violations) console.log(`BROKEN: ${rule}: ${what}`);
if (violations.length > 0) console.log(`The logs are in ${logs}. ${again}`);
console.log(`${calls.length} calls, ${schedule.faults.length} faults, ${violations.length} broken promises`);
process.exit(violations.length > 0 ? 1 : 0);
