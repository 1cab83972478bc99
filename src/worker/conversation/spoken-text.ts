import type { voice } from '@livekit/agents';

/** The SDK's place for the agent's words. Its class is not exported; this is what the SDK calls of it. */
type TextSink = {
  captureText(text: string | voice.TimedString): Promise<void>;
  flush(): void;
  onAttached(): void;
  onDetached(): void;
};

/** Letters per second of unhurried speech, for words whose sound is not complete yet. */
const lettersPerSecond = 15;

/** The words of what the agent is saying, so that an interrupted answer is recorded as far as it was heard. */
export class SpokenText implements TextSink {
  #text = '';
  /** Where in `#text` words with known times start, and when, in seconds. */
  #marks: { index: number; startSeconds: number }[] = [];
  #complete = false;

  /** All words of the utterance that are known. */
  get text(): string {
    return this.#text;
  }

  captureText(text: string | voice.TimedString): Promise<void> {
    if (this.#complete) this.#begin();
    if (typeof text === 'string') {
      this.#text += text;
    } else {
      if (text.startTime !== undefined)
        this.#marks.push({ index: this.#text.length, startSeconds: text.startTime + (text.startTimeOffset ?? 0) });
      this.#text += text.text;
    }
    return Promise.resolve();
  }

  flush(): void {
    this.#complete = true;
  }

  onAttached(): void {}
  onDetached(): void {}

  #begin(): void {
    this.#text = '';
    this.#marks = [];
    this.#complete = false;
  }

  /** The words heard when `heardSeconds` were played; `totalSeconds` is the length of the utterance where it is known. */
  heardBy({ heardSeconds, totalSeconds }: { heardSeconds: number; totalSeconds: number | undefined }): string {
    if (heardSeconds <= 0) return '';
    return this.#text.slice(0, this.#wordBefore(this.#lettersHeard(heardSeconds, totalSeconds))).trimEnd();
  }

  #lettersHeard(heardSeconds: number, totalSeconds: number | undefined): number {
    if (this.#marks.length > 0)
      return this.#marks.find(({ startSeconds }) => startSeconds > heardSeconds)?.index ?? this.#text.length;
    if (totalSeconds !== undefined && totalSeconds > 0) return (this.#text.length * heardSeconds) / totalSeconds;
    return heardSeconds * lettersPerSecond;
  }

  /** The end of the last word that is whole within so many letters. */
  #wordBefore(letters: number): number {
    if (letters >= this.#text.length) return this.#text.length;
    const end = Math.round(letters);
    if (/\s/.test(this.#text[end] ?? ' ')) return end;
    return Math.max(0, this.#text.slice(0, end).search(/(?<!\S)\S*$/));
  }
}
