import { flush } from '../wire/transcriber.ts';
import type { TextItem } from '../wire/voice.ts';
import { goesOn, isSpeakable, sentenceEnd, wholeCharacters } from './sentence-ends.ts';

/** A piece of text to be spoken in one go, with the white space after it. `end` counts the text's characters up to its end. */
export type SpeechChunk = { text: string; end: number };

const clauseEnd = /[,;:–—]\s/g;

/** A first clause this long is worth speaking before its sentence is complete, characters. */
const firstClauseLength = 24;
/** Shorter sentences wait for the next, so that a voice has something to shape. */
const shortestLength = 12;
/** A sentence that finds no end is cut here at a space. */
const longestLength = 300;

/**
 * Cuts a text, while it is being written, where a speaker would pause: at sentences, and the first time already at a clause,
 * because the first sound waits for the first chunk. No chunk is without a letter or a digit.
 */
export async function* speechChunks(text: AsyncIterable<TextItem>): AsyncGenerator<SpeechChunk> {
  let pending = '';
  let end = 0;
  let first = true;
  const take = (length: number): SpeechChunk => {
    const chunk = pending.slice(0, length);
    pending = pending.slice(length);
    end += length;
    if (isSpeakable(chunk)) first = false;
    return { text: chunk, end };
  };
  for await (const item of text) {
    if (item === flush) {
      if (isSpeakable(pending)) yield take(pending.length);
      continue;
    }
    pending += item;
    for (let length = cut(pending, first); length > 0; length = cut(pending, first)) {
      const chunk = take(length);
      if (isSpeakable(chunk.text)) yield chunk;
    }
  }
  if (isSpeakable(pending)) yield take(pending.length);
}

/** Where the text can be cut, counted in characters; 0 when it should wait for more. */
function cut(pending: string, first: boolean): number {
  const near = pending.slice(0, longestLength + 1);
  for (const match of near.matchAll(sentenceEnd)) {
    const length = match.index + match[0].length;
    const head = near.slice(0, length).trim();
    if (head.length < (first ? 2 : shortestLength) || !isSpeakable(head)) continue;
    if (!goesOn(head, near.slice(length, length + 1))) return length;
  }
  if (first)
    for (const match of near.matchAll(clauseEnd)) {
      const length = match.index + match[0].length;
      const head = near.slice(0, length).trim();
      if (head.length >= firstClauseLength && isSpeakable(head)) return length;
    }
  if (pending.length <= longestLength) return 0;
  const space = near.lastIndexOf(' ', longestLength);
  return space > 0 ? space : wholeCharacters(near, longestLength);
}
