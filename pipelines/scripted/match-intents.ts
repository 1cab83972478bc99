import { soundOf, soundsLike } from './sounds-like.ts';
import { isSynonym } from './synonyms.ts';
import { stem, tokenize } from './tokenize.ts';

/** Something a caller may mean, with ways to say it. */
export type Intent = { id: string; examples: readonly string[] };

/** `score` runs from 0 to 1; `at` is the place of the clause in the utterance, for answers in the order of the questions. */
export type IntentMatch = { id: string; score: number; at: number };

const stems = (words: string) => new Set(words.trim().split(/\s+/).map(stem));

/** Words of grammar and dates: they tell little, but "how much" and "how long" differ by them. */
const weak =
  stems(`a an the i you he she it we they me my your his her our their this that these those is am are was were
  be been do does did have has had can could would should will shall may might must of to in on at for from with by and or
  but if so as not no there here what which who whom when where why how any some all please just also too us guys guy tell
  know like want need get got going go next week month year monday tuesday wednesday thursday friday saturday sunday
  tomorrow tonight morning afternoon evening january february march april june july august september october november
  december`);
/** Words that carry nothing at all, unless an example has them. */
const empty = stems(`uh um er hmm hm ah oh well hi hello hey yes yeah okay ok please thanks thank sorry actually really
  maybe wondering wonder hoping hope quick question quickly kindly basically right now then today great perfect good fine
  sure alright lovely cool excellent wonderful moment possible soon`);

/** Words that are said about anything: unless an example has them, they are not what an utterance is about. */
const common =
  stems(`give set put push bring make made come came see look find think say said try help let show use keep hold
  turn seem feel leave call ask remind mean happen start stop work run play believe back up down out over off again still
  ever never always already only very much more most other another same new old big small little long short next last first
  able around about into through after before while because until since without thing things something anything nothing
  someone anyone somebody anybody everybody people person guy man woman way lot bit kind sort place part day time able bad
  nice wait check rather instead else own around whole sometime anyway myself yourself exactly especially please`);

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
  const weights = new Map([...vocabulary].map((word) => [word, rarity(word) * (weak.has(word) ? weakWeight : 1)]));
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
      const usual = [...as.keys()].map((known) => weights.get(known) ?? 0);
      const unknown = unknownWeight * (common.has(root) ? commonWeight : 1);
      const own = weights.get(root) ?? (usual.length > 0 ? Math.max(...usual) : unknown);
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

function bestIn(as: ReadonlyMap<string, number>, words: Set<string>): number {
  let best = 0;
  for (const [word, likeness] of as) if (likeness > best && words.has(word)) best = likeness;
  return best;
}
