/** Tells speech from silence in 16 kHz mono samples by loudness. `positionSeconds` counts all samples heard. */
export class SpeechDetector {
  readonly #windowSamples = 160;
  readonly #threshold: number;
  #samples = 0;
  #windowEnergy = 0;
  #windowUsed = 0;
  #silentWindows = 0;
  #voicedWindows = 0;
  speechStartSeconds = 0;
  speechEndSeconds = 0;
  speaking = false;

  constructor(threshold = 300) {
    this.#threshold = threshold;
  }

  get positionSeconds(): number {
    return this.#samples / 16_000;
  }

  get silentMs(): number {
    return this.#silentWindows * 10;
  }

  get voicedMs(): number {
    return this.#voicedWindows * 10;
  }

  /** Whether any of it was voiced. */
  push(samples: Int16Array | Float32Array): boolean {
    const scale = samples instanceof Float32Array ? 32_768 : 1;
    let anyVoiced = false;
    for (const sample of samples) {
      this.#samples += 1;
      this.#windowEnergy += (sample * scale) ** 2;
      this.#windowUsed += 1;
      if (this.#windowUsed < this.#windowSamples) continue;
      const voiced = Math.sqrt(this.#windowEnergy / this.#windowUsed) > this.#threshold;
      this.#windowEnergy = 0;
      this.#windowUsed = 0;
      anyVoiced ||= voiced;
      this.#silentWindows = voiced ? 0 : this.#silentWindows + 1;
      if (!voiced) continue;
      if (!this.speaking) {
        this.speaking = true;
        this.#voicedWindows = 0;
        this.speechStartSeconds = this.positionSeconds - 0.01;
      }
      this.#voicedWindows += 1;
      this.speechEndSeconds = this.positionSeconds;
    }
    return anyVoiced;
  }

  endUtterance(): void {
    this.speaking = false;
  }
}
