import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

const endRecord = { signature: 0x06054b50, bytes: 22 };
const entryRecord = { signature: 0x02014b50, bytes: 46 };
const localRecord = { signature: 0x04034b50, bytes: 30 };
const longestComment = 65_535;

/**
 * Reads members of a Python wheel, which is a zip (PKWARE APPNOTE 4.3; stored and deflated members, no Zip64).
 * @throws Error when the archive is damaged or lacks a member.
 */
export async function readWheel(path: string, members: readonly string[]): Promise<Map<string, Buffer>> {
  await using file = await open(path, 'r');
  const read = async (position: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    if (bytesRead < length) throw new Error(`${path} is cut short.`);
    return buffer;
  };

  const { size } = await file.stat();
  const tailStart = Math.max(0, size - endRecord.bytes - longestComment);
  const tail = await read(tailStart, size - tailStart);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || tail.readUInt32LE(end) !== endRecord.signature) throw new Error(`${path} is not a complete zip file.`);
  const directory = await read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));

  const found = new Map<string, Buffer>();
  for (let at = 0; at < directory.length;) {
    if (directory.readUInt32LE(at) !== entryRecord.signature) throw new Error(`The directory of ${path} is damaged.`);
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + entryRecord.bytes, at + entryRecord.bytes + nameLength);
    if (members.includes(name)) {
      const method = directory.readUInt16LE(at + 10);
      const packedBytes = directory.readUInt32LE(at + 20);
      const header = directory.readUInt32LE(at + 42);
      const local = await read(header, localRecord.bytes);
      if (local.readUInt32LE(0) !== localRecord.signature) throw new Error(`${name} in ${path} is damaged.`);
      const data = header + localRecord.bytes + local.readUInt16LE(26) + local.readUInt16LE(28);
      const packed = await read(data, packedBytes);
      found.set(name, method === 0 ? packed : await inflate(packed));
    }
    at += entryRecord.bytes + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  const missing = members.find((name) => !found.has(name));
  if (missing) throw new Error(`${path} has no ${missing}.`);
  return found;
}
