import { readFile } from 'node:fs/promises';
import pino from 'pino';
import { expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import type { HttpDependencies } from '../../src/http/dependencies.ts';
import { openapiDocument } from '../../src/http/openapi.ts';
import { problems } from '../../src/http/problem.ts';
import { keyScopes } from '../../src/calls/ports.ts';

const read = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/errors.md lists every code with its status, and no other', async () => {
  const rows = [...(await read('errors.md')).matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)];
  const listed = Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]));
  const existing = Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status]));
  expect(listed).toEqual(existing);
});

test('docs/api.md lists every route with its scope, and no other', async () => {
  const rows = [
    ...(await read('api.md')).matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) (\S+)` \| (?:`([\w:-]+)`|—) \|/gm),
  ];
  const listed = rows.map(([, method, path, scope]) => `${method} ${path} ${scope ?? ''}`);
  expect(listed.sort()).toEqual(routes().sort());
});

test('docs/api.md explains every scope', async () => {
  const text = await read('api.md');
  for (const scope of keyScopes) expect(text).toMatch(new RegExp(`^- \`${scope}\``, 'm'));
});

function routes(): string[] {
  const options = {
    rateLimit: { requests: 1, windowSeconds: 1 },
    version: '0',
    pageFolder: '.',
    logger: pino({ level: 'silent' }),
  };
  const document = openapiDocument(createApp(options as HttpDependencies), '0');
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { description?: string }>).map(([method, { description }]) => {
      const scope = /Scope: `([\w:-]+)`/.exec(description ?? '')?.[1];
      return `${method.toUpperCase()} ${path} ${scope ?? ''}`;
    }),
  );
}
