import { setTimeout as sleep } from 'node:timers/promises';
import { json, listen } from './http-double.ts';

export type EmbeddingBehaviour = {
  /** How long an answer takes, milliseconds. */
  delayMs: number;
  /** Numbers of each embedding. */
  length: number;
  /** Comes in place of embeddings. */
  refuse?: { status: number; body: unknown };
  hang?: boolean;
  /** Texts whose embedding is left out, and whether the others come in another order. */
  leavesOut?: number;
  shuffles?: boolean;
};

/** Words that mean the same: each group is a direction of its own. */
const meanings = [
  ['car', 'park', 'parking', 'vehicle', 'automobile', 'drive'],
  ['price', 'cost', 'dollars', 'expensive', 'money', 'fee'],
  ['open', 'hours', 'closed', 'morning', 'schedule'],
  ['cake', 'cakes', 'dessert', 'tart', 'sweet'],
  ['dog', 'dogs', 'pet', 'animal', 'puppy'],
];

/** Speaks `/v1/embeddings`: texts about the same things have the same direction. */
export async function startEmbeddingDouble(given: Partial<EmbeddingBehaviour> = {}) {
  const behaviour: EmbeddingBehaviour = { delayMs: 0, length: 8, ...given };
  const asked: { model: string; input: string[]; key: string | undefined }[] = [];
  const server = await listen({
    async request(request, response, body) {
      if (request.method !== 'POST' || request.url !== '/v1/embeddings') return json(response, 404, {});
      const { model, input } = JSON.parse(body.toString()) as { model: string; input: string[] };
      asked.push({ model, input, key: request.headers.authorization });
      await sleep(behaviour.delayMs);
      if (behaviour.hang) return;
      if (behaviour.refuse) return json(response, behaviour.refuse.status, behaviour.refuse.body);
      const data = input.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: embed(text, behaviour.length),
      }));
      const told = behaviour.leavesOut ? data.slice(behaviour.leavesOut) : data;
      json(response, 200, { object: 'list', model, data: behaviour.shuffles ? told.toReversed() : told });
    },
  });
  return { ...server, url: `http://127.0.0.1:${server.port}/v1`, behaviour, asked };
}

function embed(text: string, length: number): number[] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  // A little of everything, so that no text has no direction.
  return Array.from({ length }, (_, index) => 0.1 + words.filter((word) => meanings[index]?.includes(word)).length);
}
