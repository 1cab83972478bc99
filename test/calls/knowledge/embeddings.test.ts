import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddingService } from '../../../src/calls/knowledge/embeddings.ts';
import { fusePassages } from '../../../src/calls/knowledge/fuse-passages.ts';
import type { FoundPassage } from '../../../src/calls/knowledge/knowledge-ports.ts';
import { searchByMeaning } from '../../../src/calls/knowledge/search-by-meaning.ts';
import { type EmbeddingBehaviour, startEmbeddingDouble } from '../../fakes/embedding-double.ts';

let double: Awaited<ReturnType<typeof startEmbeddingDouble>>;
beforeAll(async () => {
  double = await startEmbeddingDouble();
});
afterAll(() => double.close());

const polite: EmbeddingBehaviour = { delayMs: 0, length: 8 };
const behave = (behaviour: Partial<EmbeddingBehaviour>) => {
  for (const key of Object.keys(double.behaviour)) delete double.behaviour[key as keyof EmbeddingBehaviour];
  Object.assign(double.behaviour, polite, behaviour);
};
const ask = (withinMs = 20_000) =>
  embeddingService({ url: `${double.url}/`, model: 'small', apiKey: 'key' }).embed(['a car', 'a cake'], { withinMs });

test('each text has its embedding, in whatever order they come', async () => {
  behave({});
  const inOrder = await ask();
  expect(inOrder.map(([car, , , cake]) => [car! > 1, cake! > 1])).toEqual([
    [true, false],
    [false, true],
  ]);
  behave({ shuffles: true });
  expect(await ask()).toEqual(inOrder);
  expect(double.asked.at(-1)).toEqual({ model: 'small', input: ['a car', 'a cake'], key: 'Bearer key' });
});

test.each<[about: string, behaviour: Partial<EmbeddingBehaviour>, message: RegExp]>([
  ['500', { refuse: { status: 500, body: { error: 'x' } } }, /answered 500/],
  ['a model that is not there', { refuse: { status: 404, body: { error: 'no such model' } } }, /answered 404/],
  ['JSON of another kind', { refuse: { status: 200, body: { vectors: [[1]] } } }, /something else than embeddings/],
  [
    'words in place of numbers',
    { refuse: { status: 200, body: { data: [{ embedding: ['a'] }, { embedding: [1] }] } } },
    /something else/,
  ],
  ['one too few', { leavesOut: 1 }, /1 embeddings for 2 texts/],
  [
    'two lengths',
    { refuse: { status: 200, body: { data: [{ embedding: [1] }, { embedding: [1, 2] }] } } },
    /several lengths/,
  ],
  ['nothing at all', { refuse: { status: 200, body: null } }, /something else/],
])('%s is an error', async (_about, behaviour, message) => {
  behave(behaviour);
  await expect(ask()).rejects.toThrow(message);
});

test('a service that hangs is not waited for', async () => {
  behave({ hang: true });
  await expect(ask(50)).rejects.toThrow(/timeout/i);
});

test('a service that failed is left alone for a while; without pgvector nobody is asked', async () => {
  behave({ refuse: { status: 500, body: {} } });
  let nowMs = 0;
  let isReady = true;
  const embeddings = embeddingService({ url: double.url, model: 'small' });
  const vectors = { isReady: async () => isReady, nearest: async () => [] };
  const search = searchByMeaning({ embeddings, vectors, now: () => nowMs });
  const question = { papers: ['a'], question: 'a car', limit: 3 };
  const before = double.asked.length;
  await expect(search(question)).rejects.toThrow(/answered 500/);
  nowMs = 10_000;
  expect(await search(question)).toEqual([]);
  expect(double.asked.length - before).toBe(1);
  nowMs = 16_000;
  behave({});
  await search(question);
  expect(double.asked.length - before).toBe(2);
  isReady = false;
  await search(question);
  expect(double.asked.length - before).toBe(2);
});

test('what both searches found comes first, and keeps what each knows of it', () => {
  const passage = (text: string, more: Partial<FoundPassage> = {}): FoundPassage => ({
    paperId: 'p',
    heading: '',
    text,
    coverage: 0,
    ...more,
  });
  const byWords = [passage('a', { coverage: 0.9 }), passage('b', { coverage: 0.4 })];
  const byMeaning = [passage('c', { similarity: 0.8 }), passage('b', { similarity: 0.7 })];
  expect(fusePassages(byWords, byMeaning, 3)).toEqual([
    passage('b', { coverage: 0.4, similarity: 0.7 }),
    passage('a', { coverage: 0.9 }),
    passage('c', { similarity: 0.8 }),
  ]);
  expect(fusePassages(byWords, [], 1)).toEqual([byWords[0]]);
});
