import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * `<prefix>_` and a ULID: 48 bits of milliseconds, then 80 random bits, so that ids sort by the time they were made.
 * Prefixes: `call`, `key`, `lead`, `msg`, `webhook`.
 */
export function newId(prefix: string, now: Date = new Date()): string {
  let bits = (BigInt(now.getTime()) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`);
  let ulid = '';
  for (let position = 0; position < 26; position += 1) {
    ulid = alphabet[Number(bits & 31n)] + ulid;
    bits >>= 5n;
  }
  return `${prefix}_${ulid}`;
}
