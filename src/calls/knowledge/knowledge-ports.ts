import type { Passage } from './cut-passages.ts';

/** A passage that may answer a question. */
export type FoundPassage = Passage & {
  paperId: string;
  /** Which part of what is asked for it has, 0 to 1, rare words counting more; 0 where it was found by its meaning alone. */
  coverage: number;
  /** Cosine similarity of the meanings, −1 to 1, where they were compared. */
  similarity?: number;
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

/** Embeddings of passages, where the database has pgvector. */
export type VectorStore = {
  /** Whether the database can compare them now. */
  isReady(): Promise<boolean>;
  /** Some passages of one of these papers that have no embedding of this model, for one process alone until the claim runs out. */
  claim(wanted: {
    papers: readonly string[];
    model: string;
    limit: number;
    claimSeconds: number;
  }): Promise<(Passage & { paperId: string; position: number })[]>;
  /** Adds embeddings, and ends the claim on their papers. */
  add(found: {
    model: string;
    vectors: readonly { paperId: string; position: number; embedding: readonly number[] }[];
  }): Promise<void>;
  /** The passages whose embeddings of this model are nearest; those of another length are left out. */
  nearest(asked: {
    papers: readonly string[];
    model: string;
    embedding: readonly number[];
    limit: number;
  }): Promise<FoundPassage[]>;
};
