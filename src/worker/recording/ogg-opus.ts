/**
 * Ogg Opus as a stream of pages: RFC 3533 (pages), RFC 7845 (Opus in Ogg), RFC 6716 appendix B (packets that tell their length).
 * The two sides are two mono streams in one: neither is heard in the other, as in a coupled stereo stream.
 */

/** Granule positions count samples at 48 kHz, whatever was recorded. */
const granulesPerSecond = 48_000;
/** Of one packet. */
export const packetMs = 20;
const granulesPerPacket = (granulesPerSecond * packetMs) / 1000;
const headerLength = 27;
const flags = { first: 2, last: 4 };

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  return crc >>> 0;
});

function checksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) crc = (crc << 8) ^ crcTable[((crc >>> 24) ^ byte) & 0xff]!;
  return crc >>> 0;
}

/** Writes one logical stream. */
export class OggOpusWriter {
  readonly #serial: number;
  readonly #preSkip: number;
  #sequence = 0;
  #packets: Uint8Array[] = [];
  #written = 0;

  /** @param preSkip What the encoder looks ahead, in samples at 48 kHz: players skip so much. */
  constructor({ serial, preSkip }: { serial: number; preSkip: number }) {
    this.#serial = serial;
    this.#preSkip = preSkip;
  }

  /** The two pages that every file begins with. @param sampleRateHz Of the sound that went in; for information */
  head(tags: Readonly<Record<string, string>>, sampleRateHz: number): Uint8Array {
    // Version 1, 2 channels of mapping family 1: 2 streams of which none is coupled, the first left, the second right.
    const head = Buffer.from('OpusHead\x01\x02????????\x01\x02\x00\x00\x01', 'latin1');
    head.writeUInt16LE(this.#preSkip, 10);
    head.writeUInt32LE(sampleRateHz, 12);
    head.writeUInt16LE(0, 16);
    const texts = ['Parley', ...Object.entries(tags).map(([name, value]) => `${name}=${value}`)].map(withLength);
    const [vendor, ...comments] = texts;
    const count = Buffer.alloc(4);
    count.writeUInt32LE(comments.length);
    const comment = Buffer.concat([Buffer.from('OpusTags'), vendor!, count, ...comments]);
    return Buffer.concat([this.#page([head], flags.first, 0n), this.#page([comment], 0, 0n)]);
  }

  /** One packet of each side, of 20 ms. */
  add(left: Uint8Array, right: Uint8Array): void {
    this.#packets.push(joined(left, right));
  }

  /** Packets that no page holds yet. */
  get waiting(): number {
    return this.#packets.length;
  }

  /** Milliseconds of all packets so far. */
  get durationMs(): number {
    return (this.#written + this.#packets.length) * packetMs;
  }

  /** The waiting packets as a page; at most a second of them fits. */
  page({ last = false } = {}): Uint8Array {
    const packets = this.#packets.splice(0);
    this.#written += packets.length;
    return this.#page(packets, last ? flags.last : 0, BigInt(this.#written * granulesPerPacket));
  }

  #page(packets: Uint8Array[], type: number, granule: bigint): Uint8Array {
    const lacing = packets.flatMap(({ length }) => [
      ...Array<number>(Math.floor(length / 255)).fill(255),
      length % 255,
    ]);
    if (lacing.length > 255) throw new Error(`${packets.length} packets do not fit a page.`);
    const header = Buffer.alloc(headerLength + lacing.length);
    header.write('OggS');
    header.writeUInt8(type, 5);
    header.writeBigInt64LE(granule, 6);
    header.writeUInt32LE(this.#serial, 14);
    header.writeUInt32LE(this.#sequence, 18);
    header.writeUInt8(lacing.length, 26);
    header.set(lacing, headerLength);
    const page = Buffer.concat([header, ...packets]);
    page.writeUInt32LE(checksum(page), 22);
    this.#sequence += 1;
    return page;
  }
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Two packets of one frame each as one: the first tells its length. */
function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (((left[0] ?? 3) & 3) !== 0) throw new Error('A packet has other than one frame.');
  const length = left.length - 1;
  const first = length < 252 ? length : 252 + (length & 3);
  const told = length < 252 ? [first] : [first, (length - first) >> 2];
  return Buffer.concat([left.subarray(0, 1), Uint8Array.from(told), left.subarray(1), right]);
}

export type OggPage = { start: number; end: number; granule: bigint; sequence: number };

/** The whole pages in these bytes, each with a true checksum; what is cut off or broken is passed over. */
export function pagesIn(bytes: Uint8Array): OggPage[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pages: OggPage[] = [];
  for (let start = buffer.indexOf('OggS'); start >= 0; start = buffer.indexOf('OggS', start)) {
    const end = endOfPage(buffer, start);
    if (end === undefined || !isTrue(buffer.subarray(start, end))) {
      start += 4;
      continue;
    }
    pages.push({ start, end, granule: buffer.readBigInt64LE(start + 6), sequence: buffer.readUInt32LE(start + 18) });
    start = end;
  }
  return pages;
}

function endOfPage(buffer: Buffer, start: number): number | undefined {
  if (start + headerLength > buffer.length) return undefined;
  const body = start + headerLength + buffer.readUInt8(start + 26);
  if (body > buffer.length) return undefined;
  const end = buffer.subarray(start + headerLength, body).reduce((sum, length) => sum + length, body);
  return end > buffer.length ? undefined : end;
}

function isTrue(page: Buffer): boolean {
  const copy = Buffer.from(page);
  copy.writeUInt32LE(0, 22);
  return checksum(copy) === page.readUInt32LE(22);
}

/** Milliseconds of sound up to a page. */
export function millisecondsAt({ granule }: OggPage): number {
  return Number((granule * 1000n) / BigInt(granulesPerSecond));
}

/** A tag of the head of a file. */
export function tagIn(head: Uint8Array, name: string): string | undefined {
  const text = Buffer.from(head).toString('latin1');
  return new RegExp(`${name}=([0-9]+)`).exec(text)?.[1];
}
