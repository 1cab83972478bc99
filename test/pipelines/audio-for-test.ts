import { AudioFrame } from '@livekit/rtc-node';
import { setTimeout as sleep } from 'node:timers/promises';

export const frameMs = 20;

/** A 16 kHz mono tone (or silence at amplitude 0) in frames of 20 ms. */
export function tone(milliseconds: number, amplitude = 8_000): AudioFrame[] {
  const samples = (16_000 * frameMs) / 1000;
  return Array.from({ length: Math.ceil(milliseconds / frameMs) }, (_, frame) => {
    const data = new Int16Array(samples);
    for (let index = 0; index < samples; index += 1)
      data[index] = Math.round(amplitude * Math.sin((2 * Math.PI * 220 * (frame * samples + index)) / 16_000));
    return new AudioFrame(data, 16_000, 1, samples);
  });
}

export const quiet = (milliseconds: number) => tone(milliseconds, 0);

/** Pushes frames at the pace of a call, `speedUp` times faster, then ends the input. */
export async function pushAudio(
  stream: { pushFrame(frame: AudioFrame): void; endInput(): void },
  frames: AudioFrame[],
  speedUp = 4,
): Promise<void> {
  for (const frame of frames) {
    stream.pushFrame(frame);
    await sleep(frameMs / speedUp);
  }
  stream.endInput();
}
