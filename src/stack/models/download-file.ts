import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type DownloadFetch, downloadFetch } from '../download-fetch.ts';
import { ModelError } from './model-error.ts';
import { sha256OfFile } from './sha256.ts';

/** An upstream that is reached answers in well under this; one that is not should not delay the next source. */
const headersWithinMs = 4000;
const silenceWithinMs = 20_000;
const attempts = 3;

/** The host could not be reached at all, as opposed to refusing this file. */
export class UnreachableHost extends ModelError {}

class BrokenOff extends ModelError {}

/**
 * Downloads a file of known size and hash over HTTP. A download that broke off is continued where it stopped, also by a
 * later run; the file appears under its name only when it is complete and right.
 * `onProgress` receives the bytes so far with every chunk.
 * @throws UnreachableHost, ModelError, errors of the disk, the signal's reason
 */
export async function downloadFile(options: {
  url: string;
  destination: string;
  bytes: number;
  sha256: string;
  signal?: AbortSignal | undefined;
  onProgress: (bytes: number) => void;
  /** Through the proxies of the environment unless given. */
  fetch?: DownloadFetch;
}): Promise<void> {
  const part = `${options.destination}.part`;
  for (let attempt = 1; ; attempt++) {
    const had = await sizeOf(part);
    try {
      await continueDownload(part, options);
      await verify(part, options);
      return await rename(part, options.destination);
    } catch (error) {
      options.signal?.throwIfAborted();
      // What an earlier run left may have been the beginning of something else.
      const mayHelp = error instanceof BrokenOff || (had > 0 && error instanceof ModelError);
      if (attempt === attempts || !mayHelp || error instanceof UnreachableHost) throw error;
    }
  }
}

/** What is not right is removed, so that the next attempt starts afresh. */
async function verify(part: string, options: Parameters<typeof downloadFile>[0]): Promise<void> {
  const hash = (await sizeOf(part)) === options.bytes ? await sha256OfFile(part, options.signal) : 'of another size';
  if (hash === options.sha256) return;
  await rm(part, { force: true });
  throw new ModelError(`${options.url} holds another file than expected (SHA-256 ${hash})`);
}

async function continueDownload(part: string, options: Parameters<typeof downloadFile>[0]): Promise<void> {
  const host = new URL(options.url).host;
  const have = await sizeOf(part);
  if (have === options.bytes) return;
  if (have > options.bytes) await rm(part);
  const from = have < options.bytes ? have : 0;

  const watchdog = new AbortController();
  let timer = setTimeout(() => watchdog.abort(), headersWithinMs);
  const signal = options.signal ? AbortSignal.any([options.signal, watchdog.signal]) : watchdog.signal;
  try {
    const get = options.fetch ?? downloadFetch();
    const response = await get(
      options.url,
      from > 0 ? { headers: { range: `bytes=${from}-` }, signal } : { signal },
    ).catch((error: unknown) => {
      throw new UnreachableHost(`${host} cannot be reached`, { cause: error });
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      if (response.status === 416) await rm(part, { force: true });
      throw new ModelError(`${host} answered ${response.status} for ${options.url}`);
    }
    const resumed = response.status === 206;
    let bytes = resumed ? from : 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => watchdog.abort(), silenceWithinMs);
        bytes += chunk.length;
        options.onProgress(bytes);
        done(bytes > options.bytes ? new ModelError(`${options.url} is larger than expected`) : null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      meter,
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
      { signal },
    ).catch((error: unknown) => {
      // Errors of the disk carry a `code` of open(2) or write(2); all others mean that the connection was lost.
      if (error instanceof ModelError || (error instanceof Error && 'syscall' in error && error.syscall !== 'read'))
        throw error;
      throw new BrokenOff(`the download from ${host} broke off`, { cause: error });
    });
  } finally {
    clearTimeout(timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
