import { z } from 'zod';

const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })) });

/** The models of an Ollama server, such as one on this machine; none when nothing answers within 300 ms. */
export async function findOllama(url = 'http://127.0.0.1:11434'): Promise<{ url: string; models: string[] }> {
  try {
    const response = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(300) });
    const { models } = tagsSchema.parse(await response.json());
    return { url, models: models.map(({ name }) => name) };
  } catch {
    return { url, models: [] };
  }
}
