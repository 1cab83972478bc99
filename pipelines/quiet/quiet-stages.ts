import { type stt, VAD, VADStream } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { flush, Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';

const quiet = { label: 'quiet' };
const rateHz = 16_000;

/** Unhurried speech, letters per second: how long what is not heard would have lasted. */
export const quietLettersPerSecond = 15;

/**
 * Ears and a voice for a conversation in writing: nothing is heard, and the silence that is spoken lasts as long as the words
 * would. `onSpoken` is told every piece of text as a voice gets it, with numbers and dates in words.
 */
export function quietStages(onSpoken: (text: string) => void): { vad: VAD; stt: Transcriber; tts: Voice } {
  return { vad: new QuietVad(), stt: new QuietEars(), tts: new QuietVoice(onSpoken) };
}

class QuietVoice extends Voice {
  readonly #onSpoken: (text: string) => void;

  constructor(onSpoken: (text: string) => void) {
    super(quiet, rateHz);
    this.#onSpoken = onSpoken;
  }

  async *speak({ text, started }: SpeakRequest): AsyncGenerator<Spoken> {
    started();
    for await (const piece of text) {
      if (piece === flush || piece === '') continue;
      this.#onSpoken(piece);
      const samples = Math.round((piece.length * rateHz) / quietLettersPerSecond);
      yield { frame: new AudioFrame(new Int16Array(samples), rateHz, 1, samples) };
    }
  }
}

class QuietEars extends Transcriber {
  constructor() {
    super(quiet, { interimResults: false });
  }

  // oxlint-disable-next-line require-yield -- it hears nothing
  async *transcribe({ audio }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    for await (const _ of audio);
  }
}

class QuietVad extends VAD {
  readonly label = 'quiet';

  constructor() {
    super({ updateInterval: 1000 });
  }

  stream(): VADStream {
    return new QuietVadStream(this);
  }
}

class QuietVadStream extends VADStream {}
