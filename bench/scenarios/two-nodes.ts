import { setTimeout as delay } from 'node:timers/promises';
import type { CallerReport } from '../../src/caller/caller-report.ts';
import { distribution } from '../../src/caller/distribution.ts';
import { questions } from '../conversation.ts';
import { type Figures, placeCall, type Scenario } from '../scenario.ts';
import type { Cluster, Usage } from '../systems/cluster.ts';

/** Every caller has joined and been greeted by then. */
const settleSeconds = 10;

/**
 * Calls on an installation over several hosts: two livekit-servers, two `serve`, three workers, Redis, PostgreSQL. Costs per call
 * are what a window with calls takes more than one without.
 */
export const twoNodes = {
  name: 'two-nodes',
  compared: false,
  long: true,
  async run(bench) {
    const calls = bench.quick ? 4 : 12;
    const windowSeconds = bench.quick ? 15 : 60;
    const cluster = await bench.startCluster({ callsPerWorker: calls });
    // A call on each `serve` opens connections and compiles code.
    await Promise.all(
      cluster.serves.map((serve) => placeCall(bench, serve, { script: questions(1), timeoutSeconds: 15 })),
    );
    const idle = await usedIn(cluster, windowSeconds);
    const [from, fromMs] = [await cluster.usage(), performance.now()];
    const workersFrom = cluster.workerSeconds();
    const script = questions(60);
    const timeoutSeconds = settleSeconds + windowSeconds + 5;
    const over = Promise.all(
      Array.from({ length: calls }, async (_, index) => {
        // Not all in the same moment: that is what `dispatch-burst` measures.
        await delay((index * settleSeconds * 500) / calls);
        return placeCall(bench, cluster.serves[index % cluster.serves.length]!, { script, timeoutSeconds });
      }),
    );
    await delay(settleSeconds * 1000);
    const rooms = await cluster.roomsByNode();
    const busy = await usedIn(cluster, windowSeconds);
    const reports = await over;
    // The ends of the calls are written.
    await delay(3000);
    const statements =
      (await cluster.usage()).statements - from.statements - (idle.statements * (performance.now() - fromMs)) / 1000;
    const workers = cluster.workerSeconds().map((used, index) => used - workersFrom[index]!);
    const answered = reports.filter((report) => report !== null && report.answeredMs !== null).length;
    const each = (of: (used: Used) => number) => (answered === 0 ? null : (of(busy) - of(idle)) / answered);
    return {
      two_nodes_calls: calls,
      two_nodes_answered: answered,
      ...heard(reports),
      two_nodes_rooms_of_fuller_node: rooms[0] ?? 0,
      two_nodes_least_busy_worker_percent: Math.round((100 * Math.min(...workers)) / Math.max(...workers)),
      two_nodes_worker_cpu_per_call_percent: tenths(each(({ workers: share }) => 100 * share)),
      two_nodes_livekit_cpu_per_call_percent: tenths(each(({ nodes }) => 100 * nodes)),
      two_nodes_serve_cpu_per_call_percent: tenths(each(({ serves }) => 100 * serves)),
      two_nodes_postgres_cpu_per_call_percent: tenths(each(({ postgres }) => 100 * postgres)),
      two_nodes_redis_cpu_per_call_percent: tenths(each(({ redis }) => 100 * redis)),
      two_nodes_redis_commands_per_call_minute: tenths(each(({ redisCommands }) => 60 * redisCommands)),
      two_nodes_redis_commands_idle_per_second: tenths(idle.redisCommands),
      two_nodes_sql_statements_idle_per_second: tenths(idle.statements),
      two_nodes_sql_statements_per_call: answered === 0 ? null : tenths(statements / answered),
    };
  },
} as const satisfies Scenario;

type Used = Usage['cpuSeconds'] & Pick<Usage, 'redisCommands' | 'statements'>;

/** Cores, commands and statements per second, over the next `seconds`. */
async function usedIn(cluster: Cluster, seconds: number): Promise<Used> {
  const [from, fromMs] = [await cluster.usage(), performance.now()];
  await delay(seconds * 1000);
  const to = await cluster.usage();
  const perSecond = (count: number) => (1000 * count) / (performance.now() - fromMs);
  const { workers, serves, nodes, redis, postgres } = to.cpuSeconds;
  return {
    workers: perSecond(workers - from.cpuSeconds.workers),
    serves: perSecond(serves - from.cpuSeconds.serves),
    nodes: perSecond(nodes - from.cpuSeconds.nodes),
    redis: perSecond(redis - from.cpuSeconds.redis),
    postgres: perSecond(postgres - from.cpuSeconds.postgres),
    redisCommands: perSecond(to.redisCommands - from.redisCommands),
    statements: perSecond(to.statements - from.statements),
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
