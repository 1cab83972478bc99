import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Files at rest: AES-256 in counter mode, so that any stretch can be read by itself. A header tells the key and the counter's
 * beginning. It keeps others from listening; it does not show that a file was changed.
 */
const magic = Buffer.from('PARLEYE1');
const keyIdBytes = 8;
const blockBytes = 16;
export const headerBytes = magic.length + keyIdBytes + blockBytes;

export type RecordingKey = { id: Buffer; key: Buffer };

/** @param key 32 bytes */
export function recordingKey(key: Buffer): RecordingKey {
  return { id: createHash('sha256').update(key).digest().subarray(0, keyIdBytes), key };
}

/** What comes before the file, and what each piece of it becomes, in order. */
export function encrypting({ id, key }: RecordingKey): { header: Buffer; encrypt: (bytes: Uint8Array) => Buffer } {
  const counter = randomBytes(blockBytes);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  return { header: Buffer.concat([magic, id, counter]), encrypt: (bytes) => cipher.update(bytes) };
}

export function isEncrypted(header: Uint8Array): boolean {
  return header.length >= headerBytes && magic.equals(header.subarray(0, magic.length));
}

/**
 * Turns the bytes of the file from this position on, given in order, into those that were encrypted.
 * @param start Position without the header
 * @throws when the key that it was written with is not among them
 */
export function decrypting(
  header: Uint8Array,
  { start, keys }: { start: number; keys: readonly RecordingKey[] },
): (bytes: Uint8Array) => Buffer {
  const id = header.subarray(magic.length, magic.length + keyIdBytes);
  const known = keys.find((key) => key.id.equals(id));
  if (!known)
    throw new Error(
      'A recording was encrypted with a key that is not in PARLEY_RECORDINGS_KEYS. Add it behind the one that is used now.',
    );
  const counter = advanced(header.subarray(magic.length + keyIdBytes, headerBytes), Math.floor(start / blockBytes));
  const decipher = createDecipheriv('aes-256-ctr', known.key, counter);
  decipher.update(Buffer.alloc(start % blockBytes));
  return (bytes) => decipher.update(bytes);
}

function advanced(counter: Uint8Array, blocks: number): Buffer {
  const value = BigInt(`0x${Buffer.from(counter).toString('hex')}`) + BigInt(blocks);
  return Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, '0'), 'hex');
}
