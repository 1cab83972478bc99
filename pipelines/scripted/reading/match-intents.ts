import { commonWords, curses, emptyWords, weakWords } from './common-words.ts';
import { soundOf, soundsLike } from './sounds-like.ts';
import { isSynonym } from './synonyms.ts';
import { stem, tokenize } from './tokenize.ts';

/** Something a caller may mean, with ways to say it. */
export type Intent = { id: string; examples: readonly string[] };

/** `score` runs from 0 to 1; `at` is the place of the clause in the utterance, for answers in the order of the questions. */
export type IntentMatch = { id: string; score: number; at: number };

const stems = (words: readonly string[]) => new Set(words.map(stem));

const weak = stems(weakWords);
const empty = stems([...emptyWords, ...curses]);
const common = stems(commonWords);

/** From here on an utterance is an example, word for word. */
const wholeExample = 0.95;
const weakWeight = 0.18;
const commonWeight = 0.4;
const remembered = 2_000;

/** A word as it was heard, with the known words it may be. */
type HeardWord = { weight: number; as: ReadonlyMap<string, number> };

/** Finds what an utterance means among the intents of a script: words weighed by rarity, compared by stem and sound. */
export function createIntentMatcher(intents: readonly Intent[]): (utterance: string) => IntentMatch[] {
  const known = intents.map(({ id, examples }) => {
    const said = examples.map((example) => new Set(tokenize(example).map(stem)));
    return { id, said, pool: new Set(said.flatMap((set) => [...set])) };
  });
  const vocabulary = new Set(known.flatMap(({ pool }) => [...pool]));
  const sounds = [...vocabulary].filter((word) => !weak.has(word)).map(soundOf);
  const rarity = (word: string) => Math.log(1 + intents.length / known.filter(({ pool }) => pool.has(word)).length);
  const usual = (word: string) =>
    weak.has(word) ? weakWeight : common.has(word) || empty.has(word) ? commonWeight : 1;
  const weights = new Map([...vocabulary].map((word) => [word, rarity(word) * usual(word)]));
  const unknownWeight = Math.log(1 + intents.length) * 0.8;

  const resolved = new Map<string, Map<string, number>>();
  /** Known words that a heard word may be, with how likely. */
  function candidates(heard: string): Map<string, number> {
    const before = resolved.get(heard);
    if (before) return before;
    const found = compare(heard);
    if (resolved.size >= remembered) resolved.clear();
    resolved.set(heard, found);
    return found;
  }

  function compare(heard: string): Map<string, number> {
    const found = new Map<string, number>();
    for (const word of vocabulary) {
      if (word === heard) found.set(word, 1);
      else if (isSynonym(heard, word)) found.set(word, 0.85);
    }
    if (found.size === 0 && !weak.has(heard) && !empty.has(heard)) {
      const sound = soundOf(heard);
      for (const known of sounds) {
        const likeness = soundsLike(sound, known);
        if (likeness > 0) found.set(known.word, likeness);
      }
    }
    return found;
  }

  /** One entry per word; neighbours that only make sense together ("clean in", "in sure ants") become one. */
  function hear(clause: string): HeardWord[] {
    const words = tokenize(clause);
    const heard: HeardWord[] = [];
    for (let index = 0; index < words.length; index++) {
      const together = join(words, index);
      if (together) {
        heard.push(together.word);
        index += together.length - 1;
        continue;
      }
      const root = stem(words[index] ?? '');
      const as = candidates(root);
      if (empty.has(root) && as.size === 0) continue;
      const alike = [...as.keys()].map((known) => weights.get(known) ?? 0);
      const unknown = unknownWeight * (common.has(root) ? commonWeight : 1);
      const own = weights.get(root) ?? (alike.length > 0 ? Math.max(...alike) : unknown);
      heard.push({ weight: weak.has(root) ? Math.min(own, unknownWeight * weakWeight) : own, as });
    }
    return heard;
  }

  /** Two or three words, not all of them known, that sound like one known word. */
  function join(words: readonly string[], index: number): { word: HeardWord; length: number } | undefined {
    for (const length of [3, 2]) {
      const parts = words.slice(index, index + length).map((word) => stem(word));
      if (parts.length < length || parts.every((part) => weak.has(part) || empty.has(part) || vocabulary.has(part)))
        continue;
      const as = candidates(stem(words.slice(index, index + length).join('')));
      const match = [...as].find(([known, likeness]) => known.length >= 5 && likeness >= 0.7 && !weak.has(known));
      const single = Math.max(0, ...parts.flatMap((part) => [...candidates(part).values()]));
      if (match && (single < 1 || match[1] > 0.8)) {
        return { word: { weight: weights.get(match[0]) ?? unknownWeight, as }, length };
      }
    }
    return undefined;
  }

  function score(heard: readonly HeardWord[], intent: (typeof known)[number]): number {
    const total = heard.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return 0;
    const pooled = heard.reduce((sum, { weight, as }) => sum + weight * bestIn(as, intent.pool), 0) / total;
    let closest = 0;
    for (const example of intent.said) {
      const explained = heard.reduce((sum, { weight, as }) => sum + weight * bestIn(as, example), 0) / total;
      let covered = 0;
      let whole = 0;
      for (const word of example) {
        const weight = weights.get(word) ?? 0;
        whole += weight;
        covered += weight * Math.max(0, ...heard.map(({ as }) => as.get(word) ?? 0));
      }
      const recall = covered / whole;
      closest = Math.max(closest, explained + recall === 0 ? 0 : (2 * explained * recall) / (explained + recall));
    }
    return 0.7 * closest + 0.3 * pooled;
  }

  /** A clause of nothing but words of grammar counts where it is an example ("where is it"). */
  function tellsSomething(heard: readonly HeardWord[]): boolean {
    if (heard.some(({ as }) => [...as.keys()].some((word) => !weak.has(word)))) return true;
    return heard.length > 2 && known.some((intent) => score(heard, intent) >= wholeExample);
  }

  return (utterance) => {
    const clauses = utterance
      .split(/(?<![.?!;,])[.?!;,]+\s|[?!;]|\b(?:and also|and|also|but|plus)\b/i)
      .filter((clause) => tellsSomething(hear(clause)));
    const parts = clauses.length > 1 ? [utterance, ...clauses] : [utterance];
    const best = new Map<string, IntentMatch>();
    parts.forEach((part, index) => {
      const heard = hear(part);
      const ranked = known
        .map((intent) => ({ id: intent.id, score: score(heard, intent), at: index }))
        .sort((a, b) => b.score - a.score);
      const top = ranked[0];
      if (!top || top.score <= 0) return;
      const earlier = best.get(top.id);
      if (!earlier || earlier.score < top.score)
        best.set(top.id, { ...top, at: index === 0 ? (earlier?.at ?? 0) : index });
    });
    return [...best.values()].sort((a, b) => b.score - a.score);
  };
}

function bestIn(as: ReadonlyMap<string, number>, words: Set<string>): number {
  let best = 0;
  for (const [word, likeness] of as) if (likeness > best && words.has(word)) best = likeness;
  return best;
}
