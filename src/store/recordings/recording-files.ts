import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CallError } from '../../calls/errors.ts';
import type { RecordingFiles } from '../../calls/recordings/recording-ports.ts';
import { type Bucket, type BucketOptions, openBucket } from './bucket.ts';
import { headerBytes, type RecordingKey, recordingKey } from './cipher.ts';
import { headerOf, pathOf, readFile, recordingSpool, removeFile } from './folder.ts';

/** Where recordings are kept; as JSON it goes to the call processes. */
export type RecordingsConfig = {
  /** Also where files wait that go to a bucket. */
  folder: string;
  bucket?: BucketOptions;
  /** Base64 of 32 bytes each; the first encrypts. */
  keys: string[];
};

function keysOf({ keys }: RecordingsConfig): RecordingKey[] {
  return keys.map((key) => recordingKey(Buffer.from(key, 'base64')));
}

/** Where the call processes of a host write, and its host looks after what they leave. */
export function spoolOf(config: RecordingsConfig) {
  const keys = keysOf(config);
  const upload = config.bucket && openBucket(config.bucket, keys).upload;
  return recordingSpool({ folder: config.folder, keys, ...(upload && { upload }) });
}

/** The files of all recordings, each where it was kept. */
export function recordingFiles(config: RecordingsConfig): RecordingFiles {
  const keys = keysOf(config);
  const folder = folderFiles(config.folder, keys);
  const bucket = config.bucket && reachable(openBucket(config.bucket, keys));
  const storageOf = ({ storage }: { storage: 'folder' | 's3' }): RecordingFiles => {
    if (storage === 'folder') return folder;
    if (bucket) return bucket;
    throw new CallError(
      'recording_unavailable',
      'The recording is in a bucket, and PARLEY_RECORDINGS_S3_URL is not set.',
    );
  };
  return {
    size: (file) => storageOf(file).size(file),
    read: (file, range) => storageOf(file).read(file, range),
    link: (file) => storageOf(file).link(file),
    delete: async (file) => {
      // One that waits for its upload is on this disk, or on that of another host, which finds out by itself.
      await folder.delete(file);
      if (file.storage === 's3') await storageOf(file).delete(file);
    },
  };
}

function folderFiles(folder: string, keys: readonly RecordingKey[]): RecordingFiles {
  return {
    size: async (file) => {
      const path = pathOf(folder, file);
      const status = await stat(path).catch(() => undefined);
      return status && status.size - ((await headerOf(path)) ? headerBytes : 0);
    },
    read: async (file, range) => {
      const path = pathOf(folder, file);
      const bytes = readFile(path, { ...range, keys, header: await headerOf(path) });
      return Readable.toWeb(bytes) as ReadableStream<Uint8Array>;
    },
    link: async () => undefined,
    delete: (file) => removeFile(pathOf(folder, file)),
  };
}

/** Says of a bucket that is away what to check. */
function reachable(bucket: Bucket): RecordingFiles {
  const asked = async <T>(request: Promise<T>): Promise<T> => {
    try {
      return await request;
    } catch (error) {
      throw new CallError(
        'recording_unavailable',
        'The bucket of the recordings does not give it. Check PARLEY_RECORDINGS_S3_URL and its keys, then ask again.',
        { details: { retry_after_seconds: 5 }, cause: error },
      );
    }
  };
  return {
    size: (file) => asked(bucket.size(file)),
    read: (file, range) => asked(bucket.read(file, range)),
    link: (file) => asked(bucket.link(file)),
    delete: (file) => asked(bucket.delete(file)),
  };
}
