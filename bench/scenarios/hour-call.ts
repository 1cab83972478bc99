import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../../src/caller/distribution.ts';
import { questions, shortReply } from '../conversation.ts';
import { memoryMb } from '../../src/load/process-tree.ts';
import { placeCall, type Scenario } from '../scenario.ts';
import { halves } from './many-calls.ts';

const minutes = 60;
/** From the caller's last word to the next question: time for the answer, and some silence. */
const pauseMs = 6_000;

/** One conversation of an hour; memory is read once a minute, and the last answers are compared with the first. */
export const hourCall = {
  name: 'hour-call',
  compared: false,
  long: true,
  async run(bench) {
    const system = await bench.start({ calls: 1, reply: shortReply });
    const idleMb = memoryMb(system.pid);
    const call = placeCall(bench, system, {
      script: questions(minutes * 10).map((step) => ({ ...step, after: pauseMs })),
      timeoutSeconds: minutes * 60,
      agentFinishedMs: 300,
    });
    const over = call.then(() => 'over' as const);
    const readings: number[] = [];
    while ((await Promise.race([over, delay(60_000)])) !== 'over') {
      readings.push(memoryMb(system.pid));
      console.log(`  ${readings.length} minutes, ${Math.round(readings.at(-1) ?? 0)} MB`);
    }
    const report = await call;
    const responses = (report?.turns ?? []).slice(1).map(({ responseMs }) => responseMs);
    const heard = responses.filter((ms) => ms !== null);
    // The first minutes fill buffers and warm the code up.
    const { early, late } = halves(readings.slice(5));
    return {
      hour_call_minutes: Math.round((report?.ended.atMs ?? 0) / 60_000),
      hour_call_questions: responses.length,
      hour_call_answers: heard.length,
      hour_call_memory_idle_mb: Math.round(idleMb),
      hour_call_memory_early_mb: Math.round(early),
      hour_call_memory_late_mb: Math.round(late),
      hour_call_memory_growth_percent: Math.round((1000 * (late - early)) / early) / 10,
      hour_call_turn_first_ms_p50: distribution(heard.slice(0, 20)).p50,
      hour_call_turn_last_ms_p50: distribution(heard.slice(-20)).p50,
    };
  },
} as const satisfies Scenario;
