import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * `<prefix>_` and a ULID: 48 bits of milliseconds, then 80 random bits, so that ids sort by the time they were made.
 * Prefixes: `call`, `campaign`, `key`, `lead`, `msg`, `rec`, `webhook`.
 */
export function newId(prefix: string, now: Date = new Date()): string {
  return idOf(prefix, now, randomBytes(10));
}

/** The same id whoever asks: its last bits come from what it is the id of. */
export function idOfThing(prefix: string, thing: { name: string; madeAt: Date }): string {
  return idOf(prefix, thing.madeAt, createHash('sha256').update(thing.name).digest().subarray(0, 10));
}

function idOf(prefix: string, at: Date, bytes: Buffer): string {
  let bits = (BigInt(at.getTime()) << 80n) | BigInt(`0x${bytes.toString('hex')}`);
  let ulid = '';
  for (let position = 0; position < 26; position += 1) {
    ulid = alphabet[Number(bits & 31n)] + ulid;
    bits >>= 5n;
  }
  return `${prefix}_${ulid}`;
}
