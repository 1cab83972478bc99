import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptFile, RecordingFiles, RecordingName } from '../../../src/calls/recordings/recording-ports.ts';
import { pathOf } from '../../../src/store/recordings/folder.ts';
import { recordingFiles, type RecordingsConfig, spoolOf } from '../../../src/store/recordings/recording-files.ts';
import { startS3Double } from '../../fakes/s3-double.ts';

const name: RecordingName = { tenantId: 'tenant_a', callId: 'call_1', id: 'rec_1' };
const sound = randomBytes(100_000);
const aKey = () => randomBytes(32).toString('base64');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-recordings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(config: RecordingsConfig, { finish = true } = {}) {
  const file = await spoolOf(config).create(name);
  for (let at = 0; at < sound.length; at += 7_001) await file.append(sound.subarray(at, at + 7_001));
  if (finish) expect(await file.finish()).toBe(sound.length);
  else await file.abandon();
}

async function bytesOf(files: RecordingFiles, file: KeptFile, range: { start: number; end: number }) {
  return Buffer.from(await new Response(await files.read(file, range)).arrayBuffer());
}

const inFolder: KeptFile = { ...name, storage: 'folder' };
const inBucket: KeptFile = { ...name, storage: 's3' };

describe.each([
  ['as it is', [] as string[]],
  ['encrypted', [aKey()]],
])('a file in a folder, %s', (_kind, keys) => {
  test('is read as it was written, whole and any stretch of it', async () => {
    const config = { folder, keys };
    await write(config);
    const files = recordingFiles(config);
    expect(await files.size(inFolder)).toBe(sound.length);
    for (const [start, end] of [
      [0, sound.length],
      [0, 1],
      [17, 50_003],
      [99_999, 100_000],
    ] as const)
      expect((await bytesOf(files, inFolder, { start, end })).equals(sound.subarray(start, end))).toBe(true);
  });

  test('is nobody else’s to read, and goes with the folders that it leaves empty', async () => {
    await write({ folder, keys });
    expect((await stat(pathOf(folder, name))).mode & 0o077).toBe(0);
    const files = recordingFiles({ folder, keys });
    await files.delete(inFolder);
    await files.delete(inFolder);
    expect(await files.size(inFolder)).toBeUndefined();
    expect(await readdir(join(folder, 'tenant_a'))).toEqual([]);
  });

  test('that its process left is found when nobody has touched it for half a minute, and cut where it is told', async () => {
    await write({ folder, keys }, { finish: false });
    const spool = spoolOf({ folder, keys });
    expect(await spool.leftFiles()).toEqual([]);
    const old = new Date(Date.now() - 31_000);
    await utimes(`${pathOf(folder, name)}.part`, old, old);
    const [left] = await spool.leftFiles();
    expect(left).toMatchObject({ ...name, unfinished: true, size: sound.length });
    expect(Buffer.from(await left!.read(90_000, 90_010)).equals(sound.subarray(90_000, 90_010))).toBe(true);
    await left!.finish(60_001);
    expect(await recordingFiles({ folder, keys }).size(inFolder)).toBe(60_001);
    expect(await spool.leftFiles()).toEqual([]);
  });
});

describe('keys', () => {
  test('nothing of an encrypted file can be read without its key, which may stand behind a newer one', async () => {
    const [old, newer] = [aKey(), aKey()];
    await write({ folder, keys: [old] });
    const written = await readFile(pathOf(folder, name));
    expect(written.includes(sound.subarray(1000, 1016))).toBe(false);
    const range = { start: 100, end: 200 };
    const rotated = recordingFiles({ folder, keys: [newer, old] });
    expect((await bytesOf(rotated, inFolder, range)).equals(sound.subarray(100, 200))).toBe(true);
    await expect(recordingFiles({ folder, keys: [newer] }).read(inFolder, range)).rejects.toThrow(
      /PARLEY_RECORDINGS_KEYS/,
    );
  });

  test('the same sound never looks the same', async () => {
    const keys = [aKey()];
    await write({ folder, keys });
    const first = await readFile(pathOf(folder, name));
    await rm(pathOf(folder, name));
    await write({ folder, keys });
    expect((await readFile(pathOf(folder, name))).equals(first)).toBe(false);
  });
});

describe('a bucket', () => {
  let s3: Awaited<ReturnType<typeof startS3Double>>;
  beforeEach(async () => {
    s3 = await startS3Double();
  });
  afterEach(() => s3.close());

  const configOf = (keys: string[] = []): RecordingsConfig => ({ folder, keys, bucket: s3.bucket });

  test('takes a whole file off the disk, gives any stretch of it, and a link that needs no key', async () => {
    const config = configOf();
    await write(config);
    const [left] = await spoolOf(config).leftFiles();
    expect(left).toMatchObject({ ...name, unfinished: false });
    await left!.keep();
    expect([...s3.objects.keys()]).toEqual(['/calls/eu/tenant_a/call_1/rec_1.ogg']);
    expect(await spoolOf(config).leftFiles()).toEqual([]);
    const files = recordingFiles(config);
    expect(await files.size(inBucket)).toBe(sound.length);
    expect((await bytesOf(files, inBucket, { start: 5, end: 50_000 })).equals(sound.subarray(5, 50_000))).toBe(true);
    const link = (await files.link(inBucket))!;
    const answer = await fetch(link, { headers: { Range: 'bytes=10-19' } });
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([206, sound.subarray(10, 20)]);
    expect((await fetch(link.replace('rec_1', 'rec_2'))).status).toBe(403);
    await files.delete(inBucket);
    expect(await files.size(inBucket)).toBeUndefined();
  });

  test('has what is encrypted as it is on the disk, and gives no link to it', async () => {
    const config = configOf([aKey()]);
    await write(config);
    await (await spoolOf(config).leftFiles())[0]!.keep();
    expect([...s3.objects.values()][0]!.includes(sound.subarray(0, 16))).toBe(false);
    const files = recordingFiles(config);
    expect(await files.link(inBucket)).toBeUndefined();
    expect(await files.size(inBucket)).toBe(sound.length);
    expect((await bytesOf(files, inBucket, { start: 33, end: 70_000 })).equals(sound.subarray(33, 70_000))).toBe(true);
  });

  test('that is away leaves the file on the disk until it is back, and says what to check', async () => {
    const config = configOf();
    await write(config);
    s3.goAway();
    await expect((await spoolOf(config).leftFiles())[0]!.keep()).rejects.toThrow();
    await expect(recordingFiles(config).size(inBucket)).rejects.toThrow(/PARLEY_RECORDINGS_S3_URL/);
    s3.comeBack();
    await (await spoolOf(config).leftFiles())[0]!.keep();
    expect(s3.objects.size).toBe(1);
  });

  test('that refuses the key says so', async () => {
    const config = { ...configOf(), bucket: { ...s3.bucket, secretAccessKey: 'wrong' } };
    await expect(recordingFiles(config).size(inBucket)).rejects.toMatchObject({ code: 'recording_unavailable' });
  });
});
