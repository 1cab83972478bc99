import type { AudioFrame } from '@livekit/rtc-node';
import { FrameCutter } from './pcm.ts';
import { playableRateHz, refused, type SoundSource } from './sample-format.ts';

/** Tag, channels and bits per sample. */
type Fields = [number, number, number];
const [integers, floats, extensible] = [1, 3, 0xff_fe];

/**
 * Reads a WAV file as it arrives: first the rate, then the samples. Servers that stream do not know the length and write 0
 * or the largest number, so the data end with the stream.
 */
export class WavReader {
  readonly #source: SoundSource;
  #head: Uint8Array = new Uint8Array(0);
  rateHz: number | undefined;

  constructor(source: SoundSource) {
    this.#source = source;
  }

  /** The samples' bytes in this piece. @throws ProviderError `bad_audio_format` */
  push(bytes: Uint8Array): Uint8Array {
    if (this.rateHz !== undefined) return bytes;
    this.#head = Buffer.concat([this.#head, bytes]);
    const view = new DataView(this.#head.buffer, this.#head.byteOffset, this.#head.length);
    const text = (at: number) => String.fromCharCode(...this.#head.subarray(at, at + 4));
    if (view.byteLength < 12) return new Uint8Array(0);
    if (text(0) !== 'RIFF' || text(8) !== 'WAVE') throw refused('the answer is not a WAV file', this.#source);
    let rateHz: number | undefined;
    for (let at = 12; at + 8 <= view.byteLength;) {
      const size = view.getUint32(at + 4, true);
      if (text(at) === 'fmt ') {
        if (at + 8 + size > view.byteLength) break;
        const [tag, channels, bits] = [8, 10, 22].map((offset) => view.getUint16(at + offset, true)) as Fields;
        // The extensible header has the true tag further behind.
        const kind = tag === extensible && at + 34 <= view.byteLength ? view.getUint16(at + 32, true) : tag;
        if (kind !== integers && kind !== floats) throw refused(`the WAV file is compressed (${kind})`, this.#source);
        const format = { rateHz: view.getUint32(at + 12, true), channels, bits, isFloat: kind === floats };
        rateHz = playableRateHz(format, this.#source);
      }
      if (text(at) === 'data' && rateHz !== undefined) {
        this.rateHz = rateHz;
        return this.#head.subarray(at + 8);
      }
      at += 8 + size + (size % 2);
    }
    return new Uint8Array(0);
  }

  /** To be called when all has come. @throws ProviderError where that was no sound */
  end(): void {
    if (this.rateHz === undefined) throw refused('the answer is not a WAV file', this.#source);
  }
}

/** The sound of an answer that is a WAV file, as it arrives. @throws ProviderError `bad_audio_format` */
export async function* wavFrames({ body }: Response, source: SoundSource): AsyncGenerator<AudioFrame> {
  const wav = new WavReader(source);
  let cutter: FrameCutter | undefined;
  for await (const bytes of body ?? []) {
    const samples = wav.push(bytes);
    if (wav.rateHz === undefined) continue;
    cutter ??= new FrameCutter(wav.rateHz);
    yield* cutter.push(samples);
  }
  wav.end();
  yield* cutter?.flush() ?? [];
}

/** Mono 16-bit samples as a WAV file. */
export function wavFile(samples: Int16Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(44 + samples.byteLength);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) => file.set(Buffer.from(value), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + samples.byteLength, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.byteLength, true);
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 44);
  return file;
}
