import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import type { LeftFile, RecordingFile, RecordingName, RecordingSpool } from '../../calls/recordings/recording-ports.ts';
import { decrypting, encrypting, headerBytes, isEncrypted, type RecordingKey } from './cipher.ts';

/** Of a file that is being written. */
const partial = '.part';
/** Whoever writes a file does so every second; one that nobody touched for so long belongs to nobody. */
const abandonedMs = 30_000;

export type FolderOptions = {
  folder: string;
  /** The first encrypts; without any nothing is encrypted. */
  keys: readonly RecordingKey[];
  /** Brings a whole file to where it is kept, when that is elsewhere; then it is taken off the disk. */
  upload?: (name: RecordingName, path: string) => Promise<void>;
};

/** `<folder>/<tenant>/<call>/<recording>.ogg` */
export function pathOf(folder: string, { tenantId, callId, id }: RecordingName): string {
  return join(folder, tenantId, callId, `${id}.ogg`);
}

/** Where call processes of this host write. */
export function recordingSpool(options: FolderOptions): RecordingSpool {
  const { folder, upload } = options;
  return {
    storage: upload ? 's3' : 'folder',
    create: (name) => createFile(pathOf(folder, name), options.keys[0]),
    leftFiles: async () => {
      const now = Date.now();
      const found: LeftFile[] = [];
      for (const file of await namesIn(folder)) {
        if (!file.unfinished && !upload) continue;
        const path = pathOf(folder, file) + (file.unfinished ? partial : '');
        const status = await stat(path).catch(() => undefined);
        if (!status || (file.unfinished && now - status.mtimeMs < abandonedMs)) continue;
        found.push(await leftFile(file, path, options));
      }
      return found;
    },
  };
}

async function createFile(path: string, key: RecordingKey | undefined): Promise<RecordingFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path + partial, 'wx', 0o600);
  const cipher = key && encrypting(key);
  let length = 0;
  try {
    if (cipher) await writeWhole(handle, cipher.header);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    append: async (bytes) => {
      await writeWhole(handle, cipher ? cipher.encrypt(bytes) : bytes);
      length += bytes.length;
    },
    finish: async () => {
      await handle.datasync();
      await handle.close();
      await rename(path + partial, path);
      return length;
    },
    abandon: () => handle.close(),
  };
}

/** A disk that is nearly full takes less than it was given. */
async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten;
}

/** All names in the folder; what does not look like one of ours is passed over. */
async function namesIn(folder: string): Promise<(RecordingName & { unfinished: boolean })[]> {
  const entries = await readdir(folder, { recursive: true }).catch(noneIfAbsent);
  return entries.flatMap((entry) => {
    const [, tenantId, callId, id, ending] = /^([^/]+)\/([^/]+)\/(rec_\w+)\.ogg(\.part)?$/.exec(entry) ?? [];
    return tenantId && callId && id ? [{ tenantId, callId, id, unfinished: ending !== undefined }] : [];
  });
}

function noneIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function leftFile(
  file: RecordingName & { unfinished: boolean },
  path: string,
  { folder, keys, upload }: FolderOptions,
): Promise<LeftFile> {
  const whole = pathOf(folder, file);
  const header = await headerOf(path);
  const offset = header ? headerBytes : 0;
  return {
    ...file,
    size: (await stat(path)).size - offset,
    read: async (start, end) =>
      Buffer.concat(await Readable.from(readFile(path, { start, end, keys, header })).toArray()),
    finish: async (bytes) => {
      await truncate(path, offset + bytes);
      await rename(path, whole);
    },
    keep: async () => {
      if (!upload) return;
      await upload(file, whole);
      await removeFile(whole);
    },
    delete: () => removeFile(whole),
  };
}

/** Of a file that is encrypted. */
export async function headerOf(path: string): Promise<Uint8Array | undefined> {
  const handle = await open(path);
  try {
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await handle.read(header, 0, headerBytes, 0);
    return isEncrypted(header.subarray(0, bytesRead)) ? header : undefined;
  } finally {
    await handle.close();
  }
}

/** The bytes from `start` to before `end`, as they were before they were encrypted. */
export function readFile(
  path: string,
  options: { start: number; end: number; keys: readonly RecordingKey[]; header: Uint8Array | undefined },
): Readable {
  const { start, end, keys, header } = options;
  if (end <= start) return Readable.from([]);
  const offset = header ? headerBytes : 0;
  const stream = createReadStream(path, { start: start + offset, end: end + offset - 1 });
  return header ? through(stream, decrypting(header, { start, keys })) : stream;
}

/** The same stream with its bytes changed; an error of one ends both. */
export function through(stream: Readable, change: (bytes: Uint8Array) => Buffer): Readable {
  const changed = new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, change(chunk)) });
  return pipeline(stream, changed, () => undefined);
}

/** With the folders that it leaves empty. Idempotent. */
export async function removeFile(path: string): Promise<void> {
  for (const each of [path, path + partial]) await rm(each, { force: true });
  // One that still holds something stays.
  await rmdir(dirname(path)).catch(() => undefined);
}
