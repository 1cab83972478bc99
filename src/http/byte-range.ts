/** Positions in a body: `end` is the one after the last byte. */
export type ByteRange = { start: number; end: number };

/**
 * The part of a body of `size` bytes that the header `Range` asks for (RFC 9110, 14.1.2). Undefined: all of it, also for units and
 * lists of ranges that are not served. `none`: the body has no such part.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length > 0 ? { start: size - length, end: size } : 'none';
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  return start < size ? { start, end: last === '' ? size : Math.min(Number(last) + 1, size) } : 'none';
}
