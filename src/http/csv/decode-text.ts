import type { Context } from 'hono';
import { checkStorable } from '../door/check-content.ts';
import { HttpError } from '../problem.ts';

/**
 * The body of a request that is a text, such as CSV.
 * @throws HttpError `unsupported_media_type`, `malformed_request`; CallError `invalid_request` when PostgreSQL cannot store it
 */
export async function textOf(c: Context): Promise<string> {
  const text = decodeText(new Uint8Array(await c.req.arrayBuffer()), c.req.header('content-type') ?? '');
  checkStorable(text);
  return text;
}

/** Byte order marks, by which a text tells its own encoding. */
const marks: readonly [encoding: string, mark: readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/**
 * A text in the encoding that its mark or the `charset` of its media type tells; else in UTF-8 when it is that, and in
 * Windows-1252, which spreadsheets of the West write, when it is not.
 * @throws HttpError `unsupported_media_type`, `malformed_request`
 */
function decodeText(bytes: Uint8Array, mediaType: string): string {
  const marked = marks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte))?.[0];
  const told = /;\s*charset="?([^\s;"]{1,40})/i.exec(mediaType)?.[1];
  const decode = (encoding: string) => new TextDecoder(encoding, { fatal: true }).decode(bytes);
  try {
    if (marked ?? told) return decode((marked ?? told)!);
  } catch (error) {
    if (error instanceof RangeError)
      throw new HttpError('unsupported_media_type', `The charset ${told} is not known. Send UTF-8.`);
    throw new HttpError('malformed_request', `The body is not text in ${marked ?? told}. Send it as the charset says.`);
  }
  try {
    return decode('utf-8');
  } catch {
    return decode('windows-1252');
  }
}
