import type { Config } from '../config.ts';
import type { KeptCall } from '../scenarios/from-call.ts';
import { startedPostgresUrl } from '../stack/postgres.ts';
import { runningUp } from '../stack/run-lock.ts';
import { callStore } from '../store/calls/call-store.ts';
import { openDatabase } from '../store/connection/database.ts';

/** Reads a call from the database of the settings, or from the one that `parley up` has started. @throws Error when it is not there */
export async function readKeptCall(id: string, config: Config): Promise<KeptCall> {
  const { DATABASE_URL, PARLEY_DATA_DIR: dataDir, PARLEY_POSTGRES_PORT: port } = config;
  const url = DATABASE_URL ?? (runningUp(dataDir) && startedPostgresUrl({ dataDir, port }));
  if (!url) throw new Error('There is no database to read it from. Set DATABASE_URL, or start `parley up`.');
  const database = openDatabase({ url, applicationName: 'parley-test', maxConnections: 1, outageSeconds: 0 });
  try {
    const calls = callStore(database);
    const call = await calls.findCall(id);
    if (!call) throw new Error(`There is no call ${id} in the database.`);
    return { call, turns: await calls.listTurns(id), events: await calls.listEvents(id) };
  } finally {
    await database.close();
  }
}
