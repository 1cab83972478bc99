import { flush } from '../wire/transcriber.ts';
import type { TextItem } from '../wire/voice.ts';

/** A piece of text to be spoken in one go, with the white space after it. `end` counts the text's characters up to its end. */
export type SpeechChunk = { text: string; end: number };

const abbreviation = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|vs|prof|approx|(?:[a-z]\.)*[a-z])\.$/i;
const sentenceEnd = /[.!?…]["')\]]*\s|[。！？]|\n/g;
const clauseEnd = /[,;:–—]\s/g;

/** A first clause this long is worth speaking before its sentence is complete, characters. */
const firstClauseLength = 24;
/** Shorter sentences wait for the next, so that a voice has something to shape. */
const shortestLength = 12;
/** A sentence that finds no end is cut here at a space. */
const longestLength = 300;

/**
 * Cuts a text, while it is being written, where a speaker would pause: at sentences, and the first time already at a clause,
 * because the first sound waits for the first chunk.
 */
export async function* speechChunks(text: AsyncIterable<TextItem>): AsyncGenerator<SpeechChunk> {
  let pending = '';
  let end = 0;
  let first = true;
  const take = (length: number): SpeechChunk => {
    const chunk = pending.slice(0, length);
    pending = pending.slice(length);
    end += length;
    if (chunk.trim()) first = false;
    return { text: chunk, end };
  };
  for await (const item of text) {
    if (item === flush) {
      if (pending.trim()) yield take(pending.length);
      continue;
    }
    pending += item;
    for (let length = cut(pending, first); length > 0; length = cut(pending, first)) yield take(length);
  }
  if (pending.trim()) yield take(pending.length);
}

/** Where the text can be cut, counted in characters; 0 when it should wait for more. */
function cut(pending: string, first: boolean): number {
  for (const match of pending.matchAll(sentenceEnd)) {
    const length = match.index + match[0].length;
    const head = pending.slice(0, length).trimEnd();
    if (head.trim().length >= (first ? 2 : shortestLength) && !abbreviation.test(head)) return length;
  }
  if (first)
    for (const match of pending.matchAll(clauseEnd)) {
      const length = match.index + match[0].length;
      if (pending.slice(0, length).trim().length >= firstClauseLength) return length;
    }
  return pending.length > longestLength ? Math.max(pending.lastIndexOf(' ', longestLength), 1) : 0;
}
