import { createDecoder } from 'libopus-wasm';
import { pagesIn } from '../../../src/worker/recording/ogg-opus.ts';

const rateHz = 16_000;

export type ReadRecording = {
  /** 16 kHz; what the head tells to skip is skipped. */
  caller: Int16Array;
  agent: Int16Array;
  tags: string;
  durationMs: number;
  /** Longest packets' page, milliseconds: what is lost when the last page is. */
  longestPageMs: number;
  isClosed: boolean;
};

/** Reads a file as a player does: pages, lacing, packets, two streams. */
export async function readRecording(file: Uint8Array): Promise<ReadRecording> {
  const pages = pagesIn(file);
  const bytes = Buffer.from(file);
  const packets = pages.map(({ start, end }) => packetsOf(bytes.subarray(start, end)));
  const [head] = packets[0]!;
  if (head!.toString('latin1', 0, 10) !== 'OpusHead\x01\x02') throw new Error('no head of two channels');
  // RFC 7845, 5.1.1: family 1, two streams, none coupled, the first left.
  if (head!.toString('hex', 18) !== '0102000001') throw new Error('not two streams');
  const preSkip = head!.readUInt16LE(10) / 3;
  const left = await createDecoder({ sampleRate: rateHz, channels: 1 });
  const right = await createDecoder({ sampleRate: rateHz, channels: 1 });
  const sides: [Int16Array[], Int16Array[]] = [[], []];
  for (const packet of packets.slice(2).flat()) {
    const { first, second } = apart(packet);
    sides[0].push(decoded(left, first));
    sides[1].push(decoded(right, second));
  }
  left.free();
  right.free();
  const granules = pages.slice(1).map(({ granule }) => Number(granule));
  return {
    caller: joined(sides[0]).subarray(preSkip),
    agent: joined(sides[1]).subarray(preSkip),
    tags: packets[1]![0]!.toString(),
    durationMs: (granules.at(-1) ?? 0) / 48,
    longestPageMs: Math.max(0, ...granules.slice(1).map((granule, index) => (granule - granules[index]!) / 48)),
    isClosed: (bytes.readUInt8(pages.at(-1)!.start + 5) & 4) !== 0,
  };
}

function packetsOf(page: Buffer): Buffer[] {
  const count = page.readUInt8(26);
  let at = 27 + count;
  let length = 0;
  const packets: Buffer[] = [];
  for (const lacing of page.subarray(27, 27 + count)) {
    length += lacing;
    if (lacing === 255) continue;
    packets.push(page.subarray(at, at + length));
    at += length;
    length = 0;
  }
  return packets;
}

/** RFC 6716, appendix B: the first of two streams tells its length. */
function apart(packet: Buffer): { first: Buffer; second: Buffer } {
  const short = packet[1]!;
  const length = short < 252 ? short : packet[2]! * 4 + short;
  const start = short < 252 ? 2 : 3;
  const first = Buffer.concat([packet.subarray(0, 1), packet.subarray(start, start + length)]);
  return { first, second: packet.subarray(start + length) };
}

function decoded(decoder: Awaited<ReturnType<typeof createDecoder>>, packet: Buffer): Int16Array {
  return packet.length <= 1 ? decoder.decodePacketLoss(320) : decoder.decode(packet);
}

function joined(pieces: Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Milliseconds at which sound begins and ends, in stretches apart by `gapMs` or more. */
export function soundsIn(
  samples: Int16Array,
  { threshold = 300, gapMs = 300 } = {},
): { startMs: number; endMs: number }[] {
  const window = rateHz / 100;
  const sounds: { startMs: number; endMs: number }[] = [];
  for (let at = 0; at + window <= samples.length; at += window) {
    const power = samples.subarray(at, at + window).reduce((sum, sample) => sum + sample * sample, 0) / window;
    if (Math.sqrt(power) < threshold) continue;
    const startMs = (at * 1000) / rateHz;
    const last = sounds.at(-1);
    if (last && startMs - last.endMs < gapMs) last.endMs = startMs + 10;
    else sounds.push({ startMs, endMs: startMs + 10 });
  }
  return sounds;
}
