import { readFile as readWhole } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { S3mini, S3ServiceError } from 's3mini';
import type { KeptFile, RecordingFiles, RecordingName } from '../../calls/recordings/recording-ports.ts';
import { decrypting, headerBytes, isEncrypted, type RecordingKey } from './cipher.ts';
import { through } from './folder.ts';

/** A bucket of any service that speaks S3. */
export type BucketOptions = {
  /** With the bucket, and a folder in it where one is wanted: `https://s3.example.com/bucket/folder`. */
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
};

/** How long a link may be used. */
const linkSeconds = 300;
/** A file is a few megabytes; what takes longer is tried again. */
const uploadTimeoutMs = 120_000;

export type Bucket = RecordingFiles & {
  /** Brings a file from this disk there. */
  upload: (name: RecordingName, path: string) => Promise<void>;
};

export function openBucket(
  { url, region, accessKeyId, secretAccessKey }: BucketOptions,
  keys: readonly RecordingKey[],
): Bucket {
  const endpoint = url.endsWith('/') ? url.slice(0, -1) : url;
  const account = { endpoint, region, accessKeyId, secretAccessKey };
  const reading = new S3mini(account);
  const writing = new S3mini({ ...account, requestAbortTimeout: uploadTimeoutMs });
  const keyOf = ({ tenantId, callId, id }: RecordingName) => `${tenantId}/${callId}/${id}.ogg`;
  const headerOf = async (file: RecordingName) => {
    const response = await reading.getObjectRaw(keyOf(file), false, 0, headerBytes);
    const header = new Uint8Array(await response.arrayBuffer());
    return isEncrypted(header) ? header : undefined;
  };
  return {
    upload: async (name, path) => {
      await writing.putAnyObject(keyOf(name), await readWhole(path), 'audio/ogg');
    },
    size: async (file) => {
      try {
        const header = await headerOf(file);
        const length = await reading.getContentLength(keyOf(file));
        return length - (header ? headerBytes : 0);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    read: async (file, { start, end }) => {
      const header = await headerOf(file);
      const offset = header ? headerBytes : 0;
      const { body } = await reading.getObjectRaw(keyOf(file), false, start + offset, end + offset);
      if (!body) throw new Error('The bucket sent no bytes.');
      if (!header) return body;
      const plain = through(Readable.fromWeb(body as NodeStream<Uint8Array>), decrypting(header, { start, keys }));
      return Readable.toWeb(plain) as ReadableStream<Uint8Array>;
    },
    link: async (file) => {
      // What is encrypted is of no use to whoever has no key.
      if (await headerOf(file)) return undefined;
      return reading.getPresignedUrl('GET', keyOf(file), linkSeconds);
    },
    delete: async (file: KeptFile) => {
      try {
        await writing.deleteObject(keyOf(file));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },
  };
}

function isAbsent(error: unknown): boolean {
  if (error instanceof S3ServiceError) return error.status === 404;
  return error instanceof Error && error.cause !== undefined && isAbsent(error.cause);
}
