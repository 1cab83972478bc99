/**
 * Messages between the engine process and its clients, on a Unix domain socket. Each is
 *
 *     u32 length of all that follows | u32 length of the header | header, JSON in UTF-8 | payload, bytes
 *
 * in little-endian order. The payload is PCM: mono, signed 16 bit, little-endian.
 */
const prefixBytes = 8;
const longestFrameBytes = 16 * 1024 * 1024;

export type Frame = { header: unknown; payload: Buffer };

export function encodeFrame(header: object, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from(JSON.stringify(header));
  const frame = Buffer.allocUnsafe(prefixBytes + head.length + payload.length);
  frame.writeUInt32LE(4 + head.length + payload.length, 0);
  frame.writeUInt32LE(head.length, 4);
  frame.set(head, prefixBytes);
  frame.set(payload, prefixBytes + head.length);
  return frame;
}

/**
 * Puts frames together again from the pieces in which a socket delivers them.
 * @returns a function that takes the next piece and gives the frames that it completes
 */
export function createFrameReader(): (chunk: Buffer) => Frame[] {
  let chunks: Buffer[] = [];
  let buffered = 0;
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      if (buffered < prefixBytes) return frames;
      if ((chunks[0] as Buffer).length < prefixBytes) chunks = [Buffer.concat(chunks)];
      const first = chunks[0] as Buffer;
      const bytes = 4 + first.readUInt32LE(0);
      const headBytes = first.readUInt32LE(4);
      if (bytes > longestFrameBytes || prefixBytes + headBytes > bytes) throw new Error('A frame has a wrong length.');
      if (buffered < bytes) return frames;
      const whole = chunks.length === 1 ? first : Buffer.concat(chunks);
      frames.push({
        header: JSON.parse(whole.toString('utf8', prefixBytes, prefixBytes + headBytes)),
        payload: whole.subarray(prefixBytes + headBytes, bytes),
      });
      chunks = whole.length > bytes ? [whole.subarray(bytes)] : [];
      buffered -= bytes;
    }
  };
}

/** The bytes of samples, without a copy. */
export function pcmBytes(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/** The samples of bytes; copied, since a payload may start at an odd address. */
export function pcmSamples(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  new Uint8Array(samples.buffer).set(bytes.subarray(0, samples.byteLength));
  return samples;
}

/** Samples from -1 to 1, as the models take them. */
export function toFloat(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length);
  for (let index = 0; index < pcm.length; index++) samples[index] = (pcm[index] ?? 0) / 32_768;
  return samples;
}

/** The other way round; what is too loud is cut off. */
export function toPcm(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index++)
    pcm[index] = Math.max(-32_768, Math.min(32_767, Math.round((samples[index] ?? 0) * 32_767)));
  return pcm;
}
