import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WholeRecording } from '../../../src/calls/recordings/recording-ports.ts';
import { pathOf } from '../../../src/store/recordings/folder.ts';
import { type RecordingsConfig, spoolOf } from '../../../src/store/recordings/recording-files.ts';
import { OggOpusWriter } from '../../../src/worker/recording/ogg-opus.ts';
import { settleLeftFiles } from '../../../src/worker/recording/settle-left-files.ts';
import { SideEncoder } from '../../../src/worker/recording/side.ts';
import { startS3Double } from '../../fakes/s3-double.ts';
import { readRecording } from './read-recording.ts';

const name = { tenantId: 'tenant_a', callId: 'call_1', id: 'rec_1' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a process leaves that is killed after so many seconds, within the write of a page. */
async function aLeftFile(config: RecordingsConfig, { seconds = 3, whole = false } = {}) {
  const file = await spoolOf(config).create(name);
  const side = await SideEncoder.create();
  const ogg = new OggOpusWriter({ serial: 1, preSkip: 312 });
  await file.append(ogg.head({ PARLEY_STARTED_MS: '4200' }, 16_000));
  for (let second = 0; second < seconds; second += 1) {
    for (let packet = 0; packet < 50; packet += 1) {
      const sound = side.encode(Int16Array.from({ length: 320 }, (_, index) => 5_000 * Math.sin(index / 5)));
      ogg.add(sound, sound);
    }
    const page = ogg.page();
    const isCut = !whole && second === seconds - 1;
    await file.append(isCut ? page.subarray(0, page.length / 2) : page);
  }
  side.close();
  if (whole) return void (await file.finish());
  await file.abandon();
  const old = new Date(Date.now() - 60_000);
  await utimes(`${pathOf(folder, name)}.part`, old, old);
}

/** One round, with what was written of it. */
async function settle(config: RecordingsConfig, { wanted = true } = {}) {
  const settled: WholeRecording[] = [];
  const forgotten: string[] = [];
  const logs: string[] = [];
  const store = {
    settle: async (recording: WholeRecording) => {
      settled.push(recording);
      return wanted;
    },
    forget: async (ids: readonly string[]) => void forgotten.push(...ids),
  };
  const log = (_level: string, message: string) => void logs.push(message);
  await settleLeftFiles({ spool: spoolOf(config), store, log }).close();
  return { settled, forgotten, logs };
}

test('the file of a process that was killed is cut after its last whole page, and kept', async () => {
  const config = { folder, keys: [Buffer.alloc(32, 7).toString('base64')] };
  await aLeftFile(config);
  const { settled } = await settle(config);
  expect(settled.map(({ state }) => state)).toEqual(['uploading', 'kept']);
  expect(settled[1]).toMatchObject({ ...name, startedMs: 4_200, durationMs: 2_000, storage: 'folder' });
  expect((await settle(config)).settled).toEqual([]);
});

test('what is kept can be read to its end', async () => {
  const config = { folder, keys: [] };
  await aLeftFile(config);
  const { settled } = await settle(config);
  const file = await readFile(pathOf(folder, name));
  expect(file.length).toBe(settled[1]!.bytes);
  expect((await readRecording(file)).durationMs).toBe(2_000);
});

test('one of a call that was erased meanwhile is deleted', async () => {
  const config = { folder, keys: [] };
  await aLeftFile(config);
  await settle(config, { wanted: false });
  await expect(readFile(pathOf(folder, name))).rejects.toThrow(/ENOENT/);
});

test('one in which nothing is heard yet is deleted, and nothing is told of it', async () => {
  const config = { folder, keys: [] };
  await aLeftFile(config, { seconds: 1 });
  const { settled, forgotten } = await settle(config);
  expect([settled, forgotten]).toEqual([[], ['rec_1']]);
});

test('whole ones go to the bucket, when it is back', async () => {
  const s3 = await startS3Double();
  try {
    const config = { folder, keys: [], bucket: s3.bucket };
    await aLeftFile(config, { whole: true });
    s3.goAway();
    const away = await settle(config);
    expect(away.settled.map(({ state }) => state)).toEqual(['uploading']);
    expect(away.logs).toHaveLength(1);
    s3.comeBack();
    expect((await settle(config)).settled.map(({ state }) => state)).toEqual(['uploading', 'kept']);
    expect(s3.objects.size).toBe(1);
  } finally {
    await s3.close();
  }
});
