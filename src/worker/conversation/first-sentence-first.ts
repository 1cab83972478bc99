const sentenceEnd = /[.!?…。！？]["')\]]*\s|\n/;

/**
 * A text of which the first sentence goes on at once, and the rest as soon as the answer is wanted: an answer that is made
 * while the caller may still go on speaking is thrown away now and then, and a voice is paid by the letter. `changed`
 * resolves when one of the two may have become true. A text that is dropped ends there.
 */
export async function* firstSentenceFirst(
  text: AsyncIterable<string>,
  answer: { isWanted: () => boolean; isDropped: () => boolean; changed: () => Promise<void> },
): AsyncGenerator<string> {
  let first = '';
  let isOver = false;
  for await (const piece of text) {
    let rest = piece;
    if (!isOver) {
      const before = first.length;
      first += piece;
      const end = sentenceEnd.exec(first);
      const length = end ? end.index + end[0].length - before : piece.length;
      isOver = end !== null;
      yield piece.slice(0, length);
      rest = piece.slice(length);
    }
    if (!rest) continue;
    while (!answer.isWanted()) {
      if (answer.isDropped()) return;
      await answer.changed();
    }
    yield rest;
  }
}
