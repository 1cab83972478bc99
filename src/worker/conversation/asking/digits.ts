import { type Asked, digitsOf } from '../../../agent-files/ask.ts';
import { digitsSaid } from '../../turns/digits-said.ts';

/** What was given: its digits, and how. */
export type Given = { digits: string; by: 'keys' | 'voice' };

/**
 * Puts together the digits of one answer, pressed or said. What is whole is over at once: the longest that is asked for, the key that
 * ends it, or as many digits as there can be.
 */
export class Digits {
  readonly #asked: Pick<Asked, 'digits' | 'by' | 'ends_with'>;
  readonly #language: string;
  #pressed = '';
  #said = '';
  #ended = false;

  constructor(asked: Pick<Asked, 'digits' | 'by' | 'ends_with'>, language: string) {
    this.#asked = asked;
    this.#language = language;
  }

  /** A key of the telephone: 0-9, * or #. */
  key(key: string): void {
    if (this.#asked.by === 'voice' || this.#ended) return;
    if (key === this.#asked.ends_with) this.#ended = true;
    else if (/^\d$/.test(key)) this.#pressed += key;
  }

  /** A final transcript. What is said in several goes together. */
  words(words: string): void {
    if (this.#asked.by === 'keys') return;
    this.#said += digitsSaid(words, this.#language).replaceAll('+', '');
  }

  /** Forgets what did not fit. */
  clear(): void {
    this.#pressed = '';
    this.#said = '';
    this.#ended = false;
  }

  /** Nothing can come that would belong to it. */
  get whole(): boolean {
    const { max } = digitsOf(this.#asked);
    return this.#ended || this.#pressed.length >= max || this.#said.length >= max;
  }

  /** What was given, where it has as many digits as are asked for. Keys count before words: nobody mishears them. */
  get given(): Given | undefined {
    const { min, max } = digitsOf(this.#asked);
    const fits = (digits: string) => digits.length >= min && digits.length <= max;
    if (this.#pressed !== '') return fits(this.#pressed) ? { digits: this.#pressed, by: 'keys' } : undefined;
    return fits(this.#said) ? { digits: this.#said, by: 'voice' } : undefined;
  }
}
