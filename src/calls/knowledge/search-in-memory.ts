import { stem } from '../../../pipelines/index.ts';
import type { Passage } from './cut-passages.ts';
import type { AskedWord, FoundPassage, KnowledgeStore } from './knowledge-ports.ts';

/** As in the database: what a word tells where another one stands for it, and where it is in a heading. */
const alikeCounts = 0.6;
const headingCounts = 1.6;
/** Letters in which forms of one word agree, in languages whose endings nobody knows here. */
const stemLetters = 5;

/** English words that tell nothing: the stop words of PostgreSQL, as far as people say them. */
const stopWords = new Set(
  `i me my we our ours you your yours he him his she her hers it its they them their theirs what which who whom this that these those
  am is are was were be been being have has had having do does did doing a an the and but if or because as until while of at by for
  with about against between into through during before after above below to from up down in out on off over under again further
  then once here there when where why how all any both each few more most other some such no nor not only own same so than too very
  can will just don should now`.split(/\s+/),
);

type Known = Passage & { paperId: string; words: ReadonlySet<string>; heads: ReadonlySet<string> };

/**
 * Papers that are searched without a database, for conversations that are tried out: words are weighed as in the database, by how rare
 * they are, and compared by stems that are cut more roughly.
 */
export function searchInMemory(papers: ReadonlyMap<string, readonly Passage[]>): KnowledgeStore['search'] {
  const read = new Map<string, Known[]>();
  const readPaper = (paperId: string, stems: Stems) =>
    (papers.get(paperId) ?? []).map((passage): Known => {
      const heads = new Set(stems(passage.heading));
      return { ...passage, paperId, heads, words: new Set([...heads, ...stems(passage.text)]) };
    });
  return async ({ papers: ids, config, words, limit }) => {
    const stems = config === 'english' ? englishStems : beginnings;
    const passages = ids.flatMap((paperId) => {
      const known = read.get(paperId) ?? readPaper(paperId, stems);
      read.set(paperId, known);
      return known;
    });
    const asked = words.map((word) => weighed(word, { stems, passages })).filter(({ wide }) => wide.length > 0);
    const possible = asked.reduce((sum, { own, df, weight }) => sum + (own.length > 0 || df > 0 ? weight : 0), 0);
    return passages
      .map((passage) => ({ passage, ...fitOf(passage, asked) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score || one.passage.text.length - other.passage.text.length)
      .slice(0, limit)
      .map(({ passage: { paperId, heading, text }, covered }): FoundPassage => {
        return { paperId, heading, text, coverage: Math.min(1, covered / possible) };
      });
  };
}

type Stems = (text: string) => string[];

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const beginnings: Stems = (text) => wordsOf(text).map((word) => word.slice(0, stemLetters));
const englishStems: Stems = (text) =>
  wordsOf(text)
    .filter((word) => !stopWords.has(word))
    .map((word) => stem(word));

type Weighed = { own: readonly string[]; wide: readonly string[]; df: number; weight: number };

function weighed(
  { own, alike }: AskedWord,
  { stems, passages }: { stems: Stems; passages: readonly Known[] },
): Weighed {
  const ownStems = stems(own);
  const wide = [...ownStems, ...stems(alike.join(' '))];
  const df = passages.filter(({ words }) => wide.some((word) => words.has(word))).length;
  const rarity = Math.log(1 + (passages.length - df + 0.5) / (df + 0.5));
  return { own: ownStems, wide, df, weight: rarity * (ownStems.length === 0 ? alikeCounts : 1) };
}

function fitOf({ words, heads }: Known, asked: readonly Weighed[]): { covered: number; score: number } {
  let [covered, score] = [0, 0];
  for (const { own, wide, weight } of asked) {
    if (!wide.some((word) => words.has(word))) continue;
    const fits = weight * (own.some((word) => words.has(word)) ? 1 : alikeCounts);
    covered += fits;
    score += fits * (wide.some((word) => heads.has(word)) ? headingCounts : 1);
  }
  return { covered, score };
}
