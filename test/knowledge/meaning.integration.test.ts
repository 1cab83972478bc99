import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutPassages } from '../../src/calls/knowledge/cut-passages.ts';
import { embedPapers } from '../../src/calls/knowledge/embed-papers.ts';
import { embeddingService } from '../../src/calls/knowledge/embeddings.ts';
import { searchByMeaning } from '../../src/calls/knowledge/search-by-meaning.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { knowledgeStore } from '../../src/store/knowledge-store.ts';
import { knowledgeVectors } from '../../src/store/knowledge-vectors.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startEmbeddingDouble } from '../fakes/embedding-double.ts';
import { openStore } from '../store/open-store.ts';

const paper =
  '## Where to leave it\n\nThe car park is behind the house.\n\n## What it costs\n\nA cake is 20 dollars.\n';
const passages = cutPassages(paper);

let double: Awaited<ReturnType<typeof startEmbeddingDouble>>;
beforeAll(async () => {
  double = await startEmbeddingDouble();
});
afterAll(() => double.close());

test('passages are embedded once, by one process at a time, and by the next where one failed', async () => {
  const store = await openStore();
  await knowledgeStore(store.database).add({ id: 'p', config: 'english', passages });
  const vectors = knowledgeVectors(store.database);
  const wanted = { papers: ['p'], model: 'small', limit: 1, claimSeconds: 60 };
  const [first, second] = await Promise.all([vectors.claim(wanted), vectors.claim(wanted)]);
  expect(first.length + second.length).toBe(1);
  await vectors.add({ model: 'small', vectors: [{ paperId: 'p', position: 1, embedding: [1, 0] }] });
  expect(await vectors.claim({ ...wanted, claimSeconds: 0 })).toMatchObject([{ paperId: 'p', position: 2 }]);
  // Whoever had it is gone.
  expect(await vectors.claim(wanted)).toMatchObject([{ position: 2 }]);
  await vectors.add({ model: 'small', vectors: [{ paperId: 'p', position: 2, embedding: [0, 1] }] });
  expect(await vectors.claim(wanted)).toEqual([]);
  expect(await vectors.claim({ ...wanted, model: 'large' })).toMatchObject([{ position: 1 }]);
  await store.close();
});

const url = process.env['PARLEY_TEST_PGVECTOR_URL'];
if (!url)
  console.warn('Search by meaning is NOT tested: PARLEY_TEST_PGVECTOR_URL names no PostgreSQL that has pgvector.');

describe.skipIf(!url)('with pgvector', () => {
  const name = `parley_${randomUUID().replaceAll('-', '')}`;
  let database: ReturnType<typeof openDatabase>;
  let own: string;
  const admin = async (sql: string, of = url!) => {
    const client = new Client({ connectionString: of });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    await admin(`CREATE DATABASE ${name}`);
    own = Object.assign(new URL(url!), { pathname: `/${name}` }).href;
    await migrate({ url: own });
    database = openDatabase({ url: own, maxConnections: 4 });
    await knowledgeStore(database).add({ id: 'p', config: 'english', passages });
  });
  afterAll(async () => {
    await database?.close();
    await admin(`DROP DATABASE IF EXISTS ${name}`);
  });

  test('a question is answered that shares no word with its passage, once the extension is there', async () => {
    let nowMs = 0;
    const vectors = knowledgeVectors(database, () => nowMs);
    const embeddings = embeddingService({ url: double.url, model: 'small' });
    const search = searchByMeaning({ embeddings, vectors });
    const question = { papers: ['p'], question: 'any room for my vehicle?', limit: 1 };
    expect(await search(question)).toEqual([]);
    await database.pool.query('CREATE EXTENSION vector');
    await migrate({ url: own });
    await migrate({ url: own });
    nowMs = 61_000;
    expect(await embedPapers(['p'], { embeddings, vectors })).toBe(2);
    expect(await embedPapers(['p'], { embeddings, vectors })).toBe(0);
    expect(await search(question)).toMatchObject([
      { heading: 'Where to leave it', text: 'The car park is behind the house.', coverage: 0 },
    ]);
    expect((await search({ ...question, limit: 9 })).map(({ similarity }) => similarity! > 0.8)).toEqual([true, false]);
    expect(await search({ ...question, papers: ['another'] })).toEqual([]);
  });

  test('embeddings of another length are left out, whatever the service says now', async () => {
    const vectors = knowledgeVectors(database);
    await vectors.isReady();
    expect(await vectors.nearest({ papers: ['p'], model: 'small', embedding: [1, 0, 0], limit: 3 })).toEqual([]);
    expect(await vectors.nearest({ papers: ['p'], model: 'small', embedding: [], limit: 3 })).toEqual([]);
    expect(await vectors.nearest({ papers: ['p'], model: 'small', embedding: Array(8).fill(0), limit: 3 })).toEqual([]);
    expect(await vectors.nearest({ papers: ['p'], model: 'none', embedding: Array(8).fill(1), limit: 3 })).toEqual([]);
  });

  test('a service that fails leaves them to the next', async () => {
    await knowledgeStore(database).add({ id: 'q', config: 'english', passages });
    const vectors = knowledgeVectors(database);
    const embeddings = embeddingService({ url: double.url, model: 'small' });
    double.behaviour.refuse = { status: 500, body: {} };
    await expect(embedPapers(['q'], { embeddings, vectors })).rejects.toThrow(/500/);
    delete double.behaviour.refuse;
    // Taken for 90 seconds by the one that failed.
    expect(await embedPapers(['q'], { embeddings, vectors })).toBe(0);
    await database.pool.query("UPDATE parley.knowledge_papers SET embedding_until = now() - interval '1 s'");
    expect(await embedPapers(['q'], { embeddings, vectors })).toBe(2);
  });
});
