import { Application, createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { sampleRateHz } from '../conversation/sdk-pins.ts';
import { packetMs } from './ogg-opus.ts';

export const packetSamples = (sampleRateHz * packetMs) / 1000;

/** Speech of 16 kHz is as good as it gets at this rate; a music encoder would want more. */
const bitrate = 24_000;
/** Of 0–10: more costs twice the time, and nobody hears it in speech. */
const complexity = 1;
/** The encoder has nothing left to say after so many packets of silence: then it is not asked. */
const silenceAfterPackets = 10;
/** SILK, wideband, 20 ms, mono, one frame of no bytes: the decoder goes on by itself (RFC 6716, 2.1 and 3.1). */
const nothing = Uint8Array.of(0x48);

/** The encoder of one side. Most of a call each side is silent, and silence costs nothing. */
export class SideEncoder {
  readonly #encoder: OpusEncoderHandle;
  #silent = 0;

  private constructor(encoder: OpusEncoderHandle) {
    this.#encoder = encoder;
  }

  static async create(): Promise<SideEncoder> {
    return new SideEncoder(
      await createEncoder({
        sampleRate: sampleRateHz,
        channels: 1,
        frameSize: packetSamples,
        application: Application.Voip,
        bitrate,
        complexity,
      }),
    );
  }

  /** Samples at 48 kHz by which what is decoded comes late. */
  get preSkip(): number {
    return (this.#encoder.getLookahead() * 48_000) / sampleRateHz;
  }

  /** @param samples Of one packet */
  encode(samples: Int16Array): Uint8Array {
    this.#silent = samples.some((sample) => sample !== 0) ? 0 : this.#silent + 1;
    return this.#silent > silenceAfterPackets ? nothing : this.#encoder.encode(samples);
  }

  close(): void {
    this.#encoder.free();
  }
}
