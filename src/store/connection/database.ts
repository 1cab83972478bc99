import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { isConnectionError } from './connection-error.ts';
import { preparingClient } from './preparing-client.ts';
import { statementError } from './statement-error.ts';

export type DatabaseOptions = {
  /** `postgresql://…`: a direct connection or a pooler in session mode. */
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName?: string;
  maxConnections?: number;
  /** How long a statement is repeated while PostgreSQL is away. */
  outageSeconds?: number;
  /** A connection on which no answer comes for so long is lost, as after a failover of which nobody was told. */
  answerSeconds?: number;
  /** Told of connections lost while idle and of every outage. */
  log?: (level: 'warn' | 'info', message: string, fields?: Record<string, unknown>) => void;
};

/** What statements run on: the pool, or one connection inside a transaction. */
export type Queries = Omit<NodePgDatabase, '$client'>;

export type Database = {
  /**
   * Runs `work`, and again while PostgreSQL is away, until `outageSeconds` have passed. `attempt` counts from 0. An earlier
   * attempt may have been carried out without its answer arriving, so `work` must be harmless when repeated.
   * @throws StoreError when a statement fails
   */
  run<T>(work: (queries: Queries, attempt: number) => Promise<T>): Promise<T>;
  /** As `run`, in one transaction. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  pool: Pool;
  /** Idempotent; waits for statements under way. */
  close(): Promise<void>;
};

/** PostgreSQL gives a statement up then. */
const longestStatementSeconds = 15;
const firstPauseMs = 50;
const longestPauseMs = 1000;

export function openDatabase(options: DatabaseOptions): Database {
  const { log, outageSeconds = 20, answerSeconds = longestStatementSeconds + 5 } = options;
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName ?? 'parley',
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: longestStatementSeconds * 1000,
    query_timeout: answerSeconds * 1000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    Client: preparingClient(),
  });
  // Without a listener a connection that breaks while idle would end the program.
  pool.on('error', (error) => log?.('warn', 'An idle database connection was lost.', { error: error.message }));
  // So would one that breaks in a transaction between two statements; the next statement tells.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const queries = drizzle({ client: pool });

  const run: Database['run'] = async (work) => {
    const deadline = performance.now() + outageSeconds * 1000;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await work(queries, attempt);
        if (attempt > 0) log?.('info', 'PostgreSQL is back.', { attempt });
        return result;
      } catch (error) {
        const pauseMs = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs) * (0.75 + Math.random() / 2);
        if (!isConnectionError(error) || performance.now() + pauseMs > deadline) throw statementError(error);
        if (attempt === 0) log?.('warn', 'PostgreSQL is down; the statement will be repeated.', { outageSeconds });
        await sleep(pauseMs);
      }
    }
  };

  let closing: Promise<void> | undefined;
  return {
    run,
    transaction: (work) => run((db) => db.transaction(work)),
    pool,
    close: () => (closing ??= pool.end()),
  };
}
