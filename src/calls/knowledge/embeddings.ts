import { z } from 'zod';

/** What tells the meaning of texts as numbers. JSON, for call processes. */
export type EmbeddingSettings = {
  /** Ends in `/v1`. */
  url: string;
  model: string;
  apiKey?: string | undefined;
};

export type Embeddings = {
  model: string;
  /**
   * The meaning of each text; all have the same length. @throws Error where the service does not answer in time, or with something
   * else than one embedding per text
   */
  embed(texts: readonly string[], options: { withinMs: number }): Promise<number[][]>;
};

/** Numbers of one embedding. */
const longestEmbedding = 8_192;
const vector = z.array(z.number()).min(1).max(longestEmbedding);
const answerSchema = z.object({ data: z.array(z.object({ index: z.number().int().optional(), embedding: vector })) });

/** A service with `POST /v1/embeddings`, as OpenAI and Ollama have it (platform.openai.com, API reference, Embeddings). */
export function embeddingService({ url, model, apiKey }: EmbeddingSettings): Embeddings {
  const address = `${url.replace(/\/$/, '')}/embeddings`;
  return {
    model,
    async embed(texts, { withinMs }) {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(apiKey && { Authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ model, input: texts }),
        signal: AbortSignal.timeout(withinMs),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`The embedding service answered ${response.status}.`);
      }
      const { data, error } = answerSchema.safeParse(await response.json());
      if (error) throw new Error('The embedding service answered with something else than embeddings.');
      const inOrder = data.data.map((each, place) => ({ ...each, index: each.index ?? place }));
      const embeddings = inOrder.sort((one, other) => one.index - other.index).map(({ embedding }) => embedding);
      if (embeddings.length !== texts.length)
        throw new Error(`The embedding service answered ${embeddings.length} embeddings for ${texts.length} texts.`);
      if (new Set(embeddings.map(({ length }) => length)).size > 1)
        throw new Error('The embedding service answered embeddings of several lengths.');
      return embeddings;
    },
  };
}
