import type { Embeddings } from './embeddings.ts';
import type { FoundPassage, VectorStore } from './knowledge-ports.ts';

/** The passages of papers that mean something like a question, nearest first. */
export type SearchByMeaning = (asked: {
  papers: readonly string[];
  question: string;
  limit: number;
}) => Promise<FoundPassage[]>;

/** Longer nobody waits for the meaning of a question: the answer has begun by then. */
const withinMs = 1_500;
/** A service that failed is left alone for so long. */
const pauseMs = 15_000;

/** Asks the service what a question means, and the database which passages mean the same. Rejects where either does not answer. */
export function searchByMeaning(parts: {
  embeddings: Embeddings;
  vectors: Pick<VectorStore, 'isReady' | 'nearest'>;
  now?: () => number;
}): SearchByMeaning {
  const { embeddings, vectors, now = () => performance.now() } = parts;
  let pausedUntilMs = 0;
  return async ({ papers, question, limit }) => {
    if (now() < pausedUntilMs || !(await vectors.isReady())) return [];
    try {
      const [embedding = []] = await embeddings.embed([question], { withinMs });
      return await vectors.nearest({ papers, model: embeddings.model, embedding, limit });
    } catch (error) {
      pausedUntilMs = now() + pauseMs;
      throw error;
    }
  };
}
