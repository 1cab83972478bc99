type Word = { text: string; plain: string };

/** Deletions cost 1. A word that was corrected costs less than that, a word that is another one as much. */
const correctionCost = 0.5;
/** A correction comes soon after the words; what is older stays. */
const mostRevisedWords = 64;

/**
 * The words of a recogniser that tells its whole text again each time. Which of them were already given away is found by
 * comparing, not by counting: the recogniser corrects words after that, and takes back what it only thought it had heard.
 */
export class RollingWords {
  #words: Word[] = [];
  #taken: Word[] = [];

  get hasNews(): boolean {
    return this.#words.length > this.#taken.length;
  }

  /** The words that are not given away yet. */
  get rest(): string {
    return this.#words
      .slice(this.#taken.length)
      .map(({ text }) => text)
      .join(' ');
  }

  /** The same, if they changed. */
  update(text: string): string | undefined {
    const before = this.rest;
    this.#words = text
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => ({ text: word, plain: plain(word) }));
    this.#taken = this.#words.slice(0, wordsOf(this.#taken, this.#words));
    const { rest } = this;
    return rest && rest !== before ? rest : undefined;
  }

  take(): string {
    const { rest } = this;
    this.#taken = this.#words;
    return rest;
  }
}

const plain = (word: string) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') || word;

/** How many of the first words of `now` stand for the words of `before`. Where it cannot be told, the fewest: better twice than lost. */
function wordsOf(before: readonly Word[], now: readonly Word[]): number {
  let same = 0;
  while (same < before.length && before[same]?.plain === now[same]?.plain) same += 1;
  const old = before.slice(same, same + mostRevisedWords);
  const fresh = now.slice(same, same + mostRevisedWords);
  let costs = fresh.map((_, index) => index + 1);
  costs.unshift(0);
  for (const { plain: word } of old) {
    const next = [costs[0]! + 1];
    fresh.forEach(({ plain: other }, index) => {
      const changed = costs[index]! + changeCost(word, other);
      next.push(Math.min(changed, costs[index + 1]! + 1, next[index]! + 1));
    });
    costs = next;
  }
  return same + costs.indexOf(Math.min(...costs));
}

function changeCost(word: string, other: string): number {
  if (word === other) return 0;
  const letters = other.split('');
  const shared = word.split('').filter((letter) => {
    const at = letters.indexOf(letter);
    if (at >= 0) letters.splice(at, 1);
    return at >= 0;
  }).length;
  return shared * 2 >= Math.max(word.length, other.length) ? correctionCost : 1;
}
