import type { BuildContext, ProviderName } from '../contract.ts';

const reportEverySeconds = 30;

/** Counts the audio sent to a recogniser, and reports it every half minute and at the end: a call may last an hour. */
export class AudioMeter {
  readonly #report: (seconds: number) => void;
  #unreported = 0;
  #total = 0;

  constructor(context: BuildContext, use: { provider: ProviderName; model: string }) {
    this.#report = (seconds) => context.onUsage?.({ role: 'stt', ...use, quantity: seconds, unit: 'audio_second' });
  }

  get totalSeconds(): number {
    return this.#total;
  }

  add(seconds: number): void {
    this.#total += seconds;
    this.#unreported += seconds;
    if (this.#unreported >= reportEverySeconds) this.end();
  }

  /** Reports what is left. */
  end(): void {
    if (this.#unreported > 0) this.#report(Math.round(this.#unreported * 1000) / 1000);
    this.#unreported = 0;
  }
}
