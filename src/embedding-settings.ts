import { secret, setting, text, url } from './setting.ts';

/** Who tells what passages of papers mean. */
export const embeddingSettings = {
  PARLEY_EMBEDDING_MODEL: setting(
    text.optional(),
    'Embedding model. With it, and with pgvector in the database, papers are searched by meaning too.',
    'Use a model that the server has, such as nomic-embed-text or text-embedding-3-small.',
  ),
  PARLEY_EMBEDDING_URL: setting(
    url('http', 'https').optional(),
    'Server with /v1/embeddings; without it OLLAMA_URL is asked.',
    'Use an address ending in /v1, such as http://gpu-box:11434/v1.',
  ),
  PARLEY_EMBEDDING_API_KEY: secret('Key of that server, where it wants one.', 'Use the key of your server.'),
};
