import type { Embeddings } from './embeddings.ts';
import type { VectorStore } from './knowledge-ports.ts';

/** Passages of one request. */
const atOnce = 64;
const withinMs = 60_000;
/** A process that took passages and said nothing for longer has failed or died; another one takes them. */
const claimSeconds = 90;

/**
 * Has the passages of papers embedded that no process is at, until none is left. What fails is free for the next to try once the claim
 * has run out.
 * @returns how many were embedded
 * @throws Error where the service fails
 */
export async function embedPapers(
  papers: readonly string[],
  { embeddings, vectors }: { embeddings: Embeddings; vectors: VectorStore },
): Promise<number> {
  if (papers.length === 0) return 0;
  const { model } = embeddings;
  let embedded = 0;
  for (;;) {
    const passages = await vectors.claim({ papers, model, limit: atOnce, claimSeconds });
    if (passages.length === 0) return embedded;
    const texts = passages.map(({ heading, text }) => (heading ? `${heading}: ${text}` : text));
    const found = await embeddings.embed(texts, { withinMs });
    await vectors.add({
      model,
      vectors: passages.map(({ paperId, position }, index) => ({ paperId, position, embedding: found[index]! })),
    });
    embedded += passages.length;
  }
}
