import { type Wav } from './wav.ts';

/**
 * What both sides said, on one wall clock that starts at `startMs`: the caller left, the agent right. Kept in memory
 * (64 kB a second at 16 kHz), one block per second and channel.
 */
export function createRecording({ startMs, sampleRateHz }: { startMs: number; sampleRateHz: number }) {
  const channels: Record<Side, Int16Array[]> = { caller: [], agent: [] };

  /** Adds samples to what is already there, so that two tracks of the agent are both heard. */
  function write(side: Side, atMs: number, pcm: Int16Array): void {
    const blocks = channels[side];
    let at = Math.round(((atMs - startMs) * sampleRateHz) / 1000);
    for (const sample of pcm) {
      if (at >= 0) {
        const number = Math.floor(at / sampleRateHz);
        while (blocks.length <= number) blocks.push(new Int16Array(sampleRateHz));
        const block = blocks[number] as Int16Array;
        const index = at % sampleRateHz;
        block[index] = Math.max(-32768, Math.min(32767, (block[index] ?? 0) + sample));
      }
      at++;
    }
  }

  function slice(side: Side, fromMs: number, toMs: number): Int16Array {
    const from = Math.max(0, Math.round(((fromMs - startMs) * sampleRateHz) / 1000));
    const to = Math.max(from, Math.round(((toMs - startMs) * sampleRateHz) / 1000));
    const pcm = new Int16Array(to - from);
    for (let at = from; at < to; at++)
      pcm[at - from] = channels[side][Math.floor(at / sampleRateHz)]?.[at % sampleRateHz] ?? 0;
    return pcm;
  }

  function toWav(): Wav {
    const seconds = Math.max(channels.caller.length, channels.agent.length);
    const pcm = new Int16Array(seconds * sampleRateHz * 2);
    for (const [offset, side] of [channels.caller, channels.agent].entries())
      for (const [second, block] of side.entries())
        for (const [index, sample] of block.entries()) pcm[(second * sampleRateHz + index) * 2 + offset] = sample;
    return { pcm, sampleRateHz, channels: 2 };
  }

  return { write, slice, toWav };
}

export type Side = 'caller' | 'agent';
export type Recording = ReturnType<typeof createRecording>;
