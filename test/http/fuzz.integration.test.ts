import { afterAll, beforeAll, expect, test } from 'vitest';
import { openapiDocument } from '../../src/http/openapi.ts';
import { aCall } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

type Json = Record<string, unknown>;
type Operation = {
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, unknown>;
};

/** Values that break things: wrong types, edges, what PostgreSQL, JSON and regular expressions choke on. */
const hostile: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  0.1,
  '',
  ' ',
  'x'.repeat(70_000),
  'a\u0000b',
  '\ud800',
  '🙂'.repeat(50),
  "'; DROP TABLE calls; --",
  '../../etc/passwd',
  '{{name}}',
  '%00',
  'embedded',
  'receptionist',
  '+15551234567',
  'ada@example.com',
  '2026-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  'email,name,note\nada@example.com,"Ada,x\n',
  'email,note\nada@example.com,a\u0000b\n',
  'email,,__proto__\nada@example.com,1,2,3\n',
  '9999-12-31T23:59:59+23:59',
  [],
  [[]],
  {},
  { __proto__: null, constructor: 1, toString: 2 },
  JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`),
  JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`),
];
const rounds = 60;

let api: Api;
let ids: string[];
beforeAll(async () => {
  api = await openApi();
  // Browser calls that nobody joins would fill the places, and the answer would be that they are full.
  api.deps.rules.maxCalls = 100_000;
  const live = await api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
  const waiting = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  ids = [live.id, waiting.id, (await endedCall(api)).id, 'call_', 'a%00b', '%ff', '..%2f..', 'x'.repeat(200)];
});
afterAll(() => api.close());

test('no request, however wrong, meets a defect or an answer that the document does not declare', async () => {
  const random = seeded(20260504);
  const document = openapiDocument(api.app, '0') as unknown as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Json> };
  };
  const statuses = new Map<number, number>();
  for (const [path, item] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(item))
      for (let round = 0; round < rounds; round += 1) {
        const request = make({ method, path, operation, random, schemas: document.components.schemas });
        const { status, body } = await api.send(method.toUpperCase(), request.url, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const told = { method, url: request.url.slice(0, 200), body: String(request.body).slice(0, 300), status };
        expect(status, JSON.stringify({ ...told, answer: body })).toBeLessThan(500);
        expect(Object.keys(operation.responses), JSON.stringify(told)).toContain(String(status));
        if (status >= 400) expect(body, JSON.stringify(told)).toMatchObject({ status, code: /./, detail: /./ });
        expect(JSON.stringify(body)).not.toMatch(/\bat .*\.ts:\d+|node_modules|SELECT |drizzle/);
      }
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect(statuses.get(422)).toBeGreaterThan(100);
}, 120_000);

test.each([
  ['cut short', '{"agent":"receptionist"'],
  ['empty', ''],
  ['null', 'null'],
  ['a list', '[1]'],
  ['a string', '"x"'],
  ['no text', '\u0000'],
  ['deeper than a stack', `{"agent":"x","metadata":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`],
])('a body that is %s is refused', async (_, body) => {
  const answer = await api.send('POST', '/api/web-calls', { body, headers: { 'Content-Type': 'application/json' } });
  expect(answer.body.code).toMatch(/malformed_request|invalid_request/);
});

type Random = { chance(share: number): boolean; pick<T>(list: readonly T[]): T };

function make(options: {
  method: string;
  path: string;
  operation: Operation;
  random: Random;
  schemas: Record<string, Json>;
}): { url: string; body?: string; headers: Record<string, string> } {
  const { path, operation, random, schemas } = options;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const { name, in: place, schema } of operation.parameters ?? []) {
    if (random.chance(0.6)) continue;
    const value = random.chance(0.5) ? random.pick(hostile) : sample({ schema, random, schemas });
    const text = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 2000);
    if (place === 'query') query.set(name, text.toWellFormed());
    else if (place === 'header') headers[name] = text.replaceAll(/[^\x20-\x7e]/g, '?');
  }
  if (random.chance(0.1)) query.set('surprise', '1');
  const url = `${path.replaceAll(/\{\w+\}/g, () => random.pick([...ids, 'receptionist']))}?${query.toString()}`;
  const [mediaType, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (!mediaType || !content) return { url, headers };
  const value = random.chance(0.15) ? random.pick(hostile) : sample({ schema: content.schema, random, schemas });
  headers['Content-Type'] = random.chance(0.05) ? 'text/plain' : mediaType;
  return { url, headers, body: mediaType === 'text/csv' && typeof value === 'string' ? value : JSON.stringify(value) };
}

/** A value that fits the schema, but for some parts that are replaced by hostile ones. */
function sample(options: { schema: Json; random: Random; schemas: Record<string, Json> }): unknown {
  const { random, schemas } = options;
  const reference = options.schema['$ref'];
  const schema = typeof reference === 'string' ? (schemas[reference.split('/').at(-1)!] ?? {}) : options.schema;
  const again = (inner: Json) => sample({ schema: inner, random, schemas });
  if (random.chance(0.12)) return random.pick(hostile);
  const choices = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  if (Array.isArray(choices)) return again(random.pick(choices as Json[]));
  if (Array.isArray(schema['enum'])) return random.pick(schema['enum']);
  const type = Array.isArray(schema['type']) ? random.pick(schema['type'] as string[]) : schema['type'];
  if (type === 'object') {
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Json>);
    const kept = properties.filter(
      ([name]) => (schema['required'] as string[] | undefined)?.includes(name) || random.chance(0.4),
    );
    const extra = random.chance(0.15)
      ? [[random.pick(['extra', '', '__proto__', 'a\u0000']), random.pick(hostile)]]
      : [];
    return Object.fromEntries([...kept.map(([name, inner]) => [name, again(inner)]), ...extra]);
  }
  if (type === 'array') return [again((schema['items'] ?? {}) as Json)];
  if (type === 'boolean') return random.chance(0.5);
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 5;
  if (type === 'string')
    return schema['example'] ?? random.pick(['receptionist', '+14155552671', 'text', 'ada@example.com']);
  return random.pick(hostile);
}

/** The same requests in every run (mulberry32). */
function seeded(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)]!,
  };
}
