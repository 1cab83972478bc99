import { setTimeout as delay } from 'node:timers/promises';
import type { CallerReport } from '../../src/caller/caller-report.ts';
import { distribution } from '../../src/caller/distribution.ts';
import { questions } from '../conversation.ts';
import { type Figures, placeCall, type Scenario } from '../scenario.ts';
import type { Cluster, Usage } from '../systems/cluster.ts';

/** Callers come over this time: all in the same moment is what `dispatch-burst` measures. */
const arrivalSeconds = 5;

/**
 * Calls on an installation over several hosts: two livekit-servers, two `serve`, three workers, Redis, PostgreSQL. What they cost is
 * what is used from their beginning until they are written, less what is used in that time without a call.
 */
export const twoNodes = {
  name: 'two-nodes',
  compared: false,
  long: true,
  async run(bench) {
    const calls = bench.quick ? 4 : 12;
    const callSeconds = bench.quick ? 25 : 90;
    const cluster = await bench.startCluster({ callsPerWorker: calls });
    // A call on each `serve` opens connections and compiles code.
    const warmUp = { script: questions(1), timeoutSeconds: 15 };
    await Promise.all(cluster.serves.map((serve) => placeCall(bench, serve, warmUp)));
    const idle = await usedDuring(cluster, () => delay(callSeconds * 1000));
    let rooms: number[] = [];
    let reports: (CallerReport | null)[] = [];
    const workersFrom = cluster.workerSeconds();
    const busy = await usedDuring(cluster, async () => {
      const call = { script: questions(60), timeoutSeconds: callSeconds };
      const over = Promise.all(
        Array.from({ length: calls }, async (_, index) => {
          await delay((index * arrivalSeconds * 1000) / calls);
          return placeCall(bench, cluster.serves[index % cluster.serves.length]!, call);
        }),
      );
      await delay(2 * arrivalSeconds * 1000);
      rooms = await cluster.roomsByNode();
      reports = await over;
      // Until the ends of the calls are written.
      await delay(3000);
    });
    const workers = cluster.workerSeconds().map((used, index) => used - workersFrom[index]!);
    const answered = reports.filter((report) => report !== null && report.answeredMs !== null).length;
    const perCall = (of: (used: Used) => number) =>
      answered === 0 ? null : (of(busy) - (of(idle) * busy.seconds) / idle.seconds) / answered;
    const percent = (part: keyof Usage['cpuSeconds']) =>
      tenths(perCall(({ cpuSeconds }) => (100 * cpuSeconds[part]) / callSeconds));
    return {
      two_nodes_calls: calls,
      two_nodes_answered: answered,
      ...heard(reports),
      two_nodes_rooms_on_fuller_node: rooms[0] ?? 0,
      two_nodes_least_busy_worker_percent: Math.round((100 * Math.min(...workers)) / Math.max(...workers)),
      two_nodes_worker_cpu_per_call_percent: percent('workers'),
      two_nodes_livekit_cpu_per_call_percent: percent('nodes'),
      two_nodes_serve_cpu_per_call_percent: percent('serves'),
      two_nodes_postgres_cpu_per_call_percent: percent('postgres'),
      two_nodes_redis_cpu_per_call_percent: percent('redis'),
      two_nodes_sql_statements_per_call: tenths(perCall(({ statements }) => statements)),
      two_nodes_redis_commands_per_call: tenths(perCall(({ redisCommands }) => redisCommands)),
      two_nodes_idle_sql_statements_per_second: tenths(idle.statements / idle.seconds),
      two_nodes_idle_redis_commands_per_second: tenths(idle.redisCommands / idle.seconds),
    };
  },
} as const satisfies Scenario;

type Used = Usage & { seconds: number };

async function usedDuring(cluster: Cluster, work: () => Promise<unknown>): Promise<Used> {
  const [from, fromMs] = [await cluster.usage(), performance.now()];
  await work();
  const to = await cluster.usage();
  const { workers, serves, nodes, redis, postgres } = to.cpuSeconds;
  return {
    seconds: (performance.now() - fromMs) / 1000,
    cpuSeconds: {
      workers: workers - from.cpuSeconds.workers,
      serves: serves - from.cpuSeconds.serves,
      nodes: nodes - from.cpuSeconds.nodes,
      redis: redis - from.cpuSeconds.redis,
      postgres: postgres - from.cpuSeconds.postgres,
    },
    redisCommands: to.redisCommands - from.redisCommands,
    statements: to.statements - from.statements,
  };
}

function heard(reports: readonly (CallerReport | null)[]): Figures {
  const turns = reports.flatMap((report) => report?.turns ?? []);
  const greetings = distribution(reports.flatMap((report) => report?.metrics.greetingMs.p50 ?? []));
  const answers = distribution(turns.flatMap(({ responseMs, step }) => (step === null ? [] : (responseMs ?? []))));
  return {
    two_nodes_greeting_ms_p95: greetings.p95,
    two_nodes_turn_ms_p50: answers.p50,
    two_nodes_turn_ms_p95: answers.p95,
  };
}

const tenths = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);
