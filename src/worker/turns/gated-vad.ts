import { VAD, type VADStream } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import type { BackgroundGate } from './background-gate.ts';

/** A voice detector that hears what a gate lets through. */
export class GatedVad extends VAD {
  readonly label: string;
  readonly #vad: VAD;
  readonly #gate: BackgroundGate;

  constructor(vad: VAD, gate: BackgroundGate) {
    super(vad.capabilities);
    this.label = vad.label;
    this.#vad = vad;
    this.#gate = gate;
    vad.on('metrics_collected', (metrics) => this.emit('metrics_collected', metrics));
  }

  override get minSilenceDuration(): number | null {
    return this.#vad.minSilenceDuration;
  }

  stream(): VADStream {
    const stream = this.#vad.stream();
    const { inputWriter: writer } = stream as unknown as { inputWriter?: WritableStreamDefaultWriter<unknown> };
    if (!writer) throw new Error('@livekit/agents has changed inside: read src/worker/turns/gated-vad.ts again.');
    const write = writer.write.bind(writer);
    // All that a stream is fed with goes through its writer, marks of ends included.
    writer.write = (item) => write(item instanceof AudioFrame ? this.#heard(item) : item);
    return stream;
  }

  #heard(frame: AudioFrame): AudioFrame {
    const data = this.#gate.pass(frame.data);
    return data === frame.data
      ? frame
      : new AudioFrame(data, frame.sampleRate, frame.channels, frame.samplesPerChannel);
  }
}
