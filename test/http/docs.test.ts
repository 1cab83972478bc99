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

test('Caddy and the chart pass every route to the outside, but those of the console and of monitoring', async () => {
  const inside = ['/session', '/ready', '/metrics'];
  const paths = [...new Set(routes().map((route) => route.split(' ')[1]!))].filter((path) => !inside.includes(path));
  expect(paths.length).toBeGreaterThan(30);
  const textOf = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
  const caddy = /^\s*not path (.+)$/m.exec(await textOf('docker/Caddyfile'))?.[1]?.split(' ') ?? [];
  const byCaddy = (path: string) =>
    caddy.some((each) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each));
  expect(paths.filter((path) => !byCaddy(path))).toEqual([]);
  const chart = /range list ("[^}]+") \}\}/.exec(await textOf('deploy/helm/parley/templates/edge.yaml'))?.[1] ?? '';
  const prefixes = [...chart.matchAll(/"([^"]+)"/g)].map(([, prefix]) => prefix!);
  const byChart = (path: string) => prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  expect(paths.filter((path) => !byChart(path))).toEqual([]);
  for (const path of inside) expect([path, byCaddy(path), byChart(path)]).toEqual([path, false, false]);
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
