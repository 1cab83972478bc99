import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { recordingFiles, spoolOf } from '../../src/store/recordings/recording-files.ts';
import { settleLeftFiles } from '../../src/worker/recording/settle-left-files.ts';
import { openHost } from './open-host.ts';
import { readRecording, soundsIn } from './recording/read-recording.ts';

/** What may be lost of a recording when its process is killed. */
const mostLostMs = 5_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a process that is killed loses seconds of its recording, and the next session goes on in another file', async () => {
  const host = await openHost({ callProcesses: 2, callsPerProcess: 1, fixture: { recordIn: folder } });
  const store = recordingStore(host.database);
  try {
    await host.until('two processes', () => host.host.capacity() === 2);
    const { callId, callerToken } = await host.place();
    const person = await host.join(callerToken);
    const agentTurns = async () => (await host.calls.listTurns(callId)).filter(({ role }) => role === 'agent');
    await host.until('a greeting', async () => (await agentTurns()).length === 1);
    // Something to lose.
    await sleep(7_000);
    const [first] = await store.list(callId);
    // The other process takes over at once.
    const { rows } = await host.database.pool.query<{ owner: string }>(
      'SELECT lease_owner AS owner FROM parley.calls WHERE id = $1',
      [callId],
    );
    process.kill(Number(rows[0]!.owner.split('-')[0]), 'SIGKILL');
    const killedMs = Date.now() - (await host.calls.findCall(callId))!.answeredAt!.getTime();
    await host.until('an apology', async () => (await agentTurns()).length === 2);
    await person.disconnect();
    await host.ended(callId);

    const left = join(folder, first!.tenantId, callId, `${first!.id}.ogg.part`);
    const old = new Date(Date.now() - 60_000);
    await utimes(left, old, old);
    await settleLeftFiles({ spool: spoolOf({ folder, keys: [] }), store, log: () => undefined }).close();
    const parts = await store.list(callId);
    expect(parts.map(({ state }) => state)).toEqual(['kept', 'kept']);
    const [before, after] = parts as [(typeof parts)[0], (typeof parts)[0]];
    expect(killedMs - (before.startedMs + before.durationMs!)).toBeLessThan(mostLostMs);
    expect(after.startedMs).toBeGreaterThan(before.startedMs + before.durationMs!);
    expect((await readdir(join(folder, first!.tenantId, callId))).toSorted()).toEqual(
      parts.map(({ id }) => `${id}.ogg`).toSorted(),
    );
    const files = recordingFiles({ folder, keys: [] });
    for (const [index, part] of parts.entries()) {
      const bytes = await new Response(await files.read(part, { start: 0, end: part.bytes! })).arrayBuffer();
      const [spoken] = soundsIn((await readRecording(new Uint8Array(bytes))).agent);
      expect(Math.abs(part.startedMs + spoken!.startMs - (await agentTurns())[index]!.startedMs)).toBeLessThanOrEqual(
        50,
      );
    }
  } finally {
    await host.close();
  }
});
