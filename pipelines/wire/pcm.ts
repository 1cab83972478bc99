import { AudioFrame } from '@livekit/rtc-node';
import { refuseFile, type SoundSource } from './sample-format.ts';

const frameMs = 40;

/** Cuts mono signed 16-bit little-endian bytes, as they come off a wire, into frames that each own their buffer. */
export class FrameCutter {
  readonly #rateHz: number;
  readonly #frameBytes: number;
  /** Where the bytes come from, until it is known that they are samples. */
  #unknown: SoundSource | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  /** `source` is given where the bytes may be no samples at all, because nothing tells their format. */
  constructor(rateHz: number, source?: SoundSource) {
    this.#rateHz = rateHz;
    this.#unknown = source;
    this.#frameBytes = Math.round((rateHz * frameMs) / 1000) * 2;
  }

  /** Whole frames of what came so far; the rest waits. @throws ProviderError `bad_audio_format` */
  push(bytes: Uint8Array): AudioFrame[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (this.#unknown && all.length >= 4) {
      refuseFile(all, this.#unknown);
      this.#unknown = undefined;
    }
    const frames: AudioFrame[] = [];
    let offset = 0;
    for (; offset + this.#frameBytes <= all.length; offset += this.#frameBytes)
      frames.push(this.#frame(all.subarray(offset, offset + this.#frameBytes)));
    this.#rest = all.slice(offset);
    return frames;
  }

  /** What is left, as a shorter frame; half a sample at the very end is dropped. */
  flush(): AudioFrame[] {
    const rest = this.#rest.subarray(0, this.#rest.length - (this.#rest.length % 2));
    this.#rest = new Uint8Array(0);
    return rest.length === 0 ? [] : [this.#frame(rest)];
  }

  #frame(bytes: Uint8Array): AudioFrame {
    const samples = new Int16Array(bytes.length / 2);
    new Uint8Array(samples.buffer).set(bytes);
    return new AudioFrame(samples, this.#rateHz, 1, samples.length);
  }
}

/** The bytes of a frame, without a copy. */
export function pcmBytes({ data }: AudioFrame): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Length of a frame in seconds. */
export function frameSeconds({ samplesPerChannel, sampleRate }: AudioFrame): number {
  return samplesPerChannel / sampleRate;
}

/**
 * Gathers frames into packets of `packetMs` at least, so that a network write carries more than 10 ms. A frame is never cut:
 * what was left of it would wait for the next one, and the end of what was said with it.
 */
export class Packer {
  readonly #leastBytes: number;
  #frames: Uint8Array[] = [];
  #used = 0;

  constructor(packetMs: number) {
    this.#leastBytes = 16 * packetMs * 2;
  }

  /** The packet that is full now, if one is, in a buffer of its own. */
  push(frame: AudioFrame): Uint8Array[] {
    const bytes = pcmBytes(frame);
    this.#frames.push(bytes);
    this.#used += bytes.length;
    return this.#used < this.#leastBytes ? [] : this.flush();
  }

  flush(): Uint8Array[] {
    const packet = new Uint8Array(this.#used);
    let at = 0;
    for (const bytes of this.#frames) {
      packet.set(bytes, at);
      at += bytes.length;
    }
    this.#frames = [];
    this.#used = 0;
    return packet.length === 0 ? [] : [packet];
  }
}

/** Whether a frame is louder than the noise of a telephone line, about −36 dB of full scale. */
export function voiced({ data }: AudioFrame): boolean {
  let energy = 0;
  for (const sample of data) energy += sample * sample;
  return energy > data.length * 500 * 500;
}
