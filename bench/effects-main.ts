import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { httpToolSchema } from '../src/agent-files/tools/http-tool.ts';
import { RunOnce } from '../src/calls/tools/run-once.ts';
import { readPrivatePlaces } from '../src/calls/tools/tool-address.ts';
import { tryTool } from '../src/calls/tools/try-tool.ts';
import { callStore } from '../src/store/calls/call-store.ts';
import { openDatabase } from '../src/store/connection/database.ts';
import { toolRunStore } from '../src/store/calls/tool-run-store.ts';

/**
 * Books for each of these calls, one after the other, as the sessions of a process do, until it is killed. Arguments: the database, the
 * address of the far end, the processes that had the calls before (with commas), and the calls. Prints its own name, then that those
 * are free, then each call that is done.
 */
const [databaseUrl = '', farEnd = '', before = '', ...callIds] = process.argv.slice(2);
const owner = randomUUID();
process.stdout.write(`process ${owner}\n`);
const database = openDatabase({
  url: databaseUrl,
  applicationName: 'bench-effects',
  maxConnections: 2,
  log: () => undefined,
});
const calls = callStore(database);
const store = toolRunStore(database);
for (const dead of before.split(',').filter(Boolean)) await calls.releaseProcess(dead);
process.stdout.write('free\n');
const addresses = {
  places: readPrivatePlaces(['127.0.0.1']),
  resolveHost: (host: string) => lookup(host, { all: true }),
};
const tool = httpToolSchema.parse({ name: 'book', description: 'Books.', url: `${farEnd}/book`, idempotent: true });
for (const callId of callIds) {
  const taken = await calls.takeLease({ callId, owner: `${owner}/1`, seconds: 60 });
  if (!taken) throw new Error(`The call ${callId} cannot be had.`);
  const { call, epoch } = taken;
  const writing: Promise<void>[] = [];
  const runs = new RunOnce({
    call,
    store,
    ownership: { epoch, held: () => Promise.resolve(true) },
    keep: (write) => void writing.push(write()),
  });
  const given = { of: callId };
  await runs.run({
    tool: tool.name,
    arguments: given,
    turn: 1,
    mayRepeat: true,
    send: ({ id }) => tryTool(tool, { id, values: { arguments: given, variables: {}, secrets: {} }, rules: addresses }),
  });
  await Promise.all(writing);
  process.stdout.write(`done ${callId}\n`);
}
await database.close();
