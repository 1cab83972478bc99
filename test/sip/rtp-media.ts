import { createSocket, type Socket } from 'node:dgram';
import { fromUlaw, toUlaw } from './g711.ts';

const frameMs = 20;
const frameSamples = 160;
/** Packet loss and silence apart, the line is quieter than this; of full scale 32,767. */
const loud = 500;

/** Sound of one call: RTP with G.711 μ-law on loopback. Times are of the monotonic clock, in milliseconds. */
export class RtpMedia {
  readonly #socket: Socket;
  readonly port: number;
  /** When the first loud packet arrived, and the last of any kind. */
  heardAtMs: number | undefined;
  lastPacketAtMs: number | undefined;
  packets = 0;
  /** The longest time without a packet between two that came. */
  longestGapMs = 0;
  /** Keys heard, in order, with the moment each began. */
  readonly keys: { key: string; atMs: number }[] = [];
  #far: { host: string; port: number; keys: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;
  #timestamp = 0;
  #sound: Int16Array = new Int16Array(0);
  #lastKeyTimestamp: number | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (packet) => this.#received(packet));
  }

  static async open(): Promise<RtpMedia> {
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new RtpMedia(socket);
  }

  /** Sends sound to there from now on: silence, or what `play` was given. */
  start(far: { host: string; port: number; keys: number }): void {
    this.#far = far;
    if (this.#timer) return;
    let due = performance.now();
    const tick = () => {
      this.#frame();
      due += frameMs;
      this.#timer = setTimeout(tick, Math.max(0, due - performance.now()));
    };
    this.#timer = setTimeout(tick, 0);
  }

  /** Sends nothing more until `start`. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Mono 16-bit 8 kHz. */
  play(sound: Int16Array): void {
    this.#sound = sound;
  }

  /** One key as an RFC 4733 event of 100 ms. */
  async press(key: string): Promise<void> {
    const event = '0123456789*#ABCD'.indexOf(key);
    const timestamp = this.#timestamp;
    for (let at = 1; at <= 5; at += 1) {
      const payload = Buffer.alloc(4);
      payload[0] = event;
      payload[1] = (at === 5 ? 0x80 : 0) | 10;
      payload.writeUInt16BE(at * frameSamples, 2);
      this.#send(payload, { type: this.#far?.keys ?? 101, timestamp, marker: at === 1 });
      await new Promise((resolve) => setTimeout(resolve, frameMs));
    }
  }

  close(): void {
    this.stop();
    this.#socket.close();
  }

  #frame(): void {
    const samples = this.#sound.subarray(0, frameSamples);
    this.#sound = this.#sound.subarray(frameSamples);
    const payload = Buffer.alloc(frameSamples, 0xff);
    for (const [index, sample] of samples.entries()) payload[index] = toUlaw(sample);
    this.#send(payload, { type: 0, timestamp: this.#timestamp, marker: false });
    this.#timestamp += frameSamples;
  }

  #send(payload: Buffer, { type, timestamp, marker }: { type: number; timestamp: number; marker: boolean }): void {
    if (!this.#far?.port) return;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | type;
    header.writeUInt16BE((this.#sequence += 1) & 0xffff, 2);
    header.writeUInt32BE(timestamp >>> 0, 4);
    header.writeUInt32BE(0x50484f4e, 8);
    this.#socket.send(Buffer.concat([header, payload]), this.#far.port, this.#far.host);
  }

  #received(packet: Buffer): void {
    const now = performance.now();
    const type = packet[1]! & 0x7f;
    if (type !== 0) {
      const timestamp = packet.readUInt32BE(4);
      const key = '0123456789*#ABCD'[packet[12] ?? 99];
      if (key !== undefined && timestamp !== this.#lastKeyTimestamp) this.keys.push({ key, atMs: now });
      this.#lastKeyTimestamp = timestamp;
      return;
    }
    if (this.lastPacketAtMs !== undefined) this.longestGapMs = Math.max(this.longestGapMs, now - this.lastPacketAtMs);
    this.lastPacketAtMs = now;
    this.packets += 1;
    if (this.heardAtMs === undefined && packet.subarray(12).some((byte) => Math.abs(fromUlaw(byte)) > loud))
      this.heardAtMs = now;
  }
}
