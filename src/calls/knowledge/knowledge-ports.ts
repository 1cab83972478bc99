import type { Passage } from './cut-passages.ts';

/** A passage that may answer a question. */
export type FoundPassage = Passage & {
  paperId: string;
  /** Which part of what is asked for it has, 0 to 1, rare words counting more. */
  coverage: number;
};

/** A word of a question, with others that may stand for it in a paper. */
export type AskedWord = { own: string; alike: readonly string[] };

export type KnowledgeStore = {
  /** Of these papers those that are there; they count as named now. */
  name(ids: readonly string[]): Promise<string[]>;
  /** Adds a paper, unless another process has. */
  add(paper: { id: string; config: string; passages: readonly Passage[] }): Promise<void>;
  /** Deletes what nobody has named for so long. */
  forget(unnamedForDays: number): Promise<void>;
  /** The passages that fit best, best first. */
  search(asked: {
    papers: readonly string[];
    /** A text search configuration of PostgreSQL, such as `english`. */
    config: string;
    words: readonly AskedWord[];
    limit: number;
  }): Promise<FoundPassage[]>;
};
