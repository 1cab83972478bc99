import { soundsLike } from './sounds-like.ts';
import { isSynonym } from './synonyms.ts';
import { stem, tokenize } from './tokenize.ts';

/** Something a caller may mean, with ways to say it. */
export type Intent = { id: string; examples: readonly string[] };

/** `score` runs from 0 to 1; `at` is the place of the clause in the utterance, for answers in the order of the questions. */
export type IntentMatch = { id: string; score: number; at: number };

/** Words of grammar and courtesy: they tell little, but "how much" and "how long" differ by them. */
const weak = new Set(
  `a an the i you he she it we they me my your his her our their this that these those is am are was be been do does did
  have has had can could would should will shall may might must of to in on at for from with by and or but if so as not no
  there here what which who whom when where why how any some all please just also too guys guy tell know like want need
  get got going go us our ours`
    .split(/\s+/)
    .map(stem),
);
/** Words that carry nothing at all. */
const empty = new Set(
  `uh um er hmm hm ah oh well hi hello hey yes yeah okay ok please thanks thank sorry actually really maybe wondering
  wonder hoping hope quick question quickly kindly basically right now then today`
    .split(/\s+/)
    .map(stem),
);

const weakWeight = 0.18;

/** Finds what an utterance means among the intents of a script: words weighed by rarity, compared by stem and sound. */
export function createIntentMatcher(intents: readonly Intent[]): (utterance: string) => IntentMatch[] {
  const known = intents.map(({ id, examples }) => {
    const stems = examples.map((example) => new Set(tokenize(example).map(stem)));
    return { id, stems, pool: new Set(stems.flatMap((set) => [...set])) };
  });
  const vocabulary = new Set(known.flatMap(({ pool }) => [...pool]));
  const rarity = (word: string) => Math.log(1 + intents.length / known.filter(({ pool }) => pool.has(word)).length);
  const weights = new Map([...vocabulary].map((word) => [word, rarity(word) * (weak.has(word) ? weakWeight : 1)]));
  const unknownWeight = Math.log(1 + intents.length) * 0.7;

  /** Known words that a heard word may be, with how likely. */
  function candidates(heard: string): Map<string, number> {
    const found = new Map<string, number>();
    for (const word of vocabulary) {
      if (word === heard) found.set(word, 1);
      else if (isSynonym(heard, word)) found.set(word, 0.85);
    }
    if (found.size === 0 && !weak.has(heard)) {
      for (const word of vocabulary) {
        const likeness = weak.has(word) ? 0 : soundsLike(heard, word);
        if (likeness > 0) found.set(word, likeness);
      }
    }
    return found;
  }

  /** One entry per word; neighbours that only make sense together ("clean in", "check up") become one. */
  function hear(clause: string): { weight: number; as: Map<string, number> }[] {
    const words = tokenize(clause).map((word) => ({ word, root: stem(word) }));
    const heard: { weight: number; as: Map<string, number> }[] = [];
    for (let index = 0; index < words.length; index++) {
      const { word, root } = words[index] ?? { word: '', root: '' };
      const next = words[index + 1];
      const joined = next ? candidates(stem(word + next.word)) : undefined;
      const alone = candidates(root);
      const best = (found: Map<string, number>) => Math.max(0, ...found.values());
      if (
        joined &&
        next &&
        best(joined) >= 0.7 &&
        (best(alone) < 1 || weak.has(next.root)) &&
        !isPlain(root, next.root)
      ) {
        const match = [...joined].find(([known]) => !weak.has(known) && known.length >= 5);
        if (match) {
          heard.push({ weight: weights.get(match[0]) ?? unknownWeight, as: new Map([...alone, ...joined]) });
          index++;
          continue;
        }
      }
      if (empty.has(root) && alone.size === 0) continue;
      const usual = [...alone.keys()].map((known) => weights.get(known) ?? 0);
      const own = weights.get(root) ?? (usual.length > 0 ? Math.max(...usual) : unknownWeight);
      heard.push({ weight: weak.has(root) ? Math.min(own, unknownWeight * weakWeight) : own, as: alone });
    }
    return heard;
  }

  const isPlain = (first: string, second: string) => weak.has(first) && weak.has(second);

  function score(heard: ReturnType<typeof hear>, intent: (typeof known)[number]): number {
    const total = heard.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return 0;
    const pooled = heard.reduce((sum, { weight, as }) => sum + weight * bestIn(as, intent.pool), 0) / total;
    let closest = 0;
    for (const stems of intent.stems) {
      const explained = heard.reduce((sum, { weight, as }) => sum + weight * bestIn(as, stems), 0) / total;
      let covered = 0;
      let whole = 0;
      for (const word of stems) {
        const weight = weights.get(word) ?? 0;
        whole += weight;
        covered += weight * Math.max(0, ...heard.map(({ as }) => as.get(word) ?? 0));
      }
      const recall = covered / whole;
      closest = Math.max(closest, explained + recall === 0 ? 0 : (2 * explained * recall) / (explained + recall));
    }
    return 0.7 * closest + 0.3 * pooled;
  }

  return (utterance) => {
    const clauses = utterance
      .split(/[.?!;,]+\s|[?!;]|\b(?:and also|and|also|but|plus)\b/i)
      .filter((clause) => hear(clause).some(({ as }) => [...as.keys()].some((word) => !weak.has(word))));
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

function bestIn(as: Map<string, number>, words: Set<string>): number {
  let best = 0;
  for (const [word, likeness] of as) if (likeness > best && words.has(word)) best = likeness;
  return best;
}
