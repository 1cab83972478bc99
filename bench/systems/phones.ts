import { Client } from 'pg';
import { loadConfig } from '../../src/config.ts';
import { type Sip, startSip } from '../sip.ts';
import type { Stack } from '../stack.ts';
import { type Parley, startParley } from '../../src/load/start-parley.ts';

/** Parley with a trunk, the phones behind it, and a database of its own. */
export type Phones = Parley & {
  sip: Sip;
  postgresPid: number;
  livekit: Stack['livekit'];
  agentName: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
};

/** `calls`: how many the worker can take at once; 0 starts no worker. `countStatements`: PostgreSQL counts what it is sent. */
export async function startPhones(options: {
  stack: Stack;
  providers: Record<string, string>;
  agentsDir: string;
  calls: number;
  countStatements?: boolean;
}): Promise<Phones> {
  const { stack, calls, countStatements = false } = options;
  const databaseUrl = await stack.newDatabase({ countStatements });
  const sip = await startSip(stack.livekit);
  const client = new Client({ connectionString: databaseUrl });
  const parley = await startParley({
    ...stack,
    ...options,
    databaseUrl,
    livekit: { ...stack.livekit, url: sip.url },
    agent: 'bench',
    callsPerProcess: 50,
    worker: calls > 0,
    settings: {
      SIP_TRUNK_ID: 'ST_bench',
      SIP_FROM_NUMBER: '+14155550100',
      // The limits that keep an operator from a surprise; here they would be what is measured.
      PARLEY_MAX_CALLS: String(Math.max(calls, 1)),
      PARLEY_RESERVED_CALLS: '0',
      PARLEY_TRUNK_MAX_CALLS: String(Math.max(calls, 1)),
      PARLEY_CALLS_PER_SECOND: '1000',
      PARLEY_REQUESTS_PER_MINUTE: '1000000',
      PARLEY_WEBHOOK_ALLOW_PRIVATE: '1',
    },
  }).catch(async (error: unknown) => {
    await sip.stop();
    throw error;
  });
  await client.connect();
  client.on('error', () => undefined);
  if (countStatements) await client.query('CREATE EXTENSION pg_stat_statements');
  let stopping: Promise<void> | undefined;
  return {
    ...parley,
    sip,
    postgresPid: stack.postgresPid,
    livekit: stack.livekit,
    agentName: loadConfig().PARLEY_AGENT_NAME,
    query: async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await client.query<Row>(sql, values)).rows,
    stop: () =>
      (stopping ??= (async () => {
        await client.end();
        await parley.stop();
        await sip.stop();
      })()),
  };
}
