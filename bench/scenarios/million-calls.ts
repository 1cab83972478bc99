import { readFileSync } from 'node:fs';
import { overviewSpans, type OverviewSpan } from '../../src/calls/overview/overview.ts';
import type { CallStore } from '../../src/calls/ports.ts';
import { callStore } from '../../src/store/calls/call-store.ts';
import { type Database, openDatabase } from '../../src/store/connection/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { countCalls } from '../../src/store/overview/call-counts-store.ts';
import { overviewStore } from '../../src/store/overview/overview-store.ts';
import { common, generateCalls, listQueries, tenantId } from '../million/generate.ts';
import type { Figures, Scenario } from '../scenario.ts';

const pageOf = 50;
/** Pages that are read before the one that is timed, to time one that is deep in the list. */
const pagesBefore = 20;

/** Lists, the overview and the questions of `docs/analytics.md` over as many calls as a busy year has; every line is printed. */
export const millionCalls = {
  name: 'million-calls',
  compared: false,
  async run(bench) {
    const calls = bench.quick ? 100_000 : 1_000_000;
    const url = await bench.newDatabase();
    await migrate({ url });
    const database = openDatabase({ url, applicationName: 'bench', maxConnections: 4, log: () => undefined });
    const rounds = bench.quick ? 3 : 7;
    try {
      await timed(() => generateCalls(url, calls), 'generated');
      const counting: number[] = [];
      for (let more = true; more;) {
        const startMs = performance.now();
        more = await countCalls(database);
        counting.push(performance.now() - startMs);
      }
      await database.pool.query('ANALYZE');
      console.log(`  counted ${counting.length} times, ${Math.round(Math.max(...counting))} ms at most`);
      const lists = await measureLists(callStore(database), rounds);
      const overviews = await measureOverviews(database, rounds);
      const questions = await measureQuestions(database, rounds);
      for (const [name, ms] of Object.entries({ ...lists, ...overviews, ...questions }))
        console.log(`  ${name}: ${ms} ms`);
      return {
        million_calls: calls,
        million_count_day_ms_max: Math.round(Math.max(...counting)),
        million_list_ms_max: Math.max(...Object.values(lists)),
        ...overviews,
        million_analytics_ms_max: Math.max(...Object.values(questions)),
        million_analytics_over_100_ms: Object.values(questions).filter((ms) => ms > 100).length,
      };
    } finally {
      await database.close();
    }
  },
} as const satisfies Scenario;

async function measureLists(store: Pick<CallStore, 'listCalls'>, rounds: number): Promise<Record<string, number>> {
  const took: Record<string, number> = {};
  for (const [name, query] of Object.entries(listQueries(new Date()))) {
    const first = { ...query, tenantId, limit: pageOf };
    took[`list ${name}`] = await median(rounds, () => store.listCalls(first));
    let cursor: string | undefined;
    for (let page = 0; page < pagesBefore; page += 1) {
      cursor = (await store.listCalls({ ...first, ...(cursor && { cursor }) })).nextCursor ?? undefined;
      if (!cursor) break;
    }
    if (cursor === undefined) continue;
    const deep = { ...first, cursor };
    took[`list ${name}, page ${pagesBefore}`] = await median(rounds, () => store.listCalls(deep));
  }
  return took;
}

async function measureOverviews(database: Database, rounds: number): Promise<Figures & Record<string, number>> {
  const took: Record<string, number> = {};
  const spans = Object.keys(overviewSpans) as OverviewSpan[];
  for (const span of spans) {
    // A new one each time, since it keeps its answers.
    const read = (agent?: string) => overviewStore(database).read({ tenantId, span, agent });
    took[`million_overview_${span}_ms`] = await median(rounds, () => read());
    took[`million_overview_${span}_agent_ms`] = await median(rounds, () => read(common.agent));
  }
  return took;
}

async function measureQuestions(database: Database, rounds: number): Promise<Record<string, number>> {
  const text = readFileSync(new URL('../../docs/analytics.md', import.meta.url), 'utf8').split('## Questions')[1] ?? '';
  const took: Record<string, number> = {};
  for (const [, question, sql] of text.matchAll(/([^\n]+)\n\n```sql\n((?:.*\n)*?)```/g))
    took[`question ${question}`] = await median(rounds, () => database.pool.query(sql!));
  return took;
}

/** Milliseconds; the first time warms what a running system has warm. */
async function median(rounds: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    await work();
    took.push(performance.now() - startMs);
  }
  took.sort((a, b) => a - b);
  return Math.round(10 * (took[Math.floor(took.length / 2)] ?? 0)) / 10;
}

async function timed(work: () => Promise<unknown>, what: string): Promise<void> {
  const startMs = performance.now();
  await work();
  console.log(`  ${what} in ${Math.round((performance.now() - startMs) / 1000)} s`);
}
