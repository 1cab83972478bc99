import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
// Outside the folders that the project's own type check reads.
let folder: string;
beforeAll(async () => {
  await mkdir(join(root, '.parley'), { recursive: true });
  folder = await mkdtemp(join(root, '.parley/planted-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A route that declares 200 and 404 beside what every route may answer, and a handler that answers this. */
const file = (answer: string) => `
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv } from '../../src/http/dependencies.ts';
import { apiRoute, json, notFound } from '../../src/http/route.ts';

const route = apiRoute('calls:read', {
  method: 'get',
  path: '/api/x',
  responses: { 200: json(z.object({ found: z.boolean() }), ''), ...notFound },
});
export const app = new OpenAPIHono<ApiEnv>().openapi(route, (c) => c.json(${answer}));
`;

/** What the type checker says, by file. */
async function check(answers: Record<string, string>): Promise<string> {
  const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], exclude: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const [name, answer] of Object.entries(answers)) await writeFile(join(folder, `${name}.ts`), file(answer));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(tsc, ['--noEmit', '-p', folder], { cwd: root }).catch(
    (failure: { stdout: string }) => failure,
  );
  return stdout;
}

test('a status or a body that a route does not declare does not compile', async () => {
  const said = await check({
    declared: '{ found: true }, 200',
    undeclared: '{ found: true }, 418',
    shapeless: '{ found: "yes" }, 200',
    problemless: '{ found: true }, 404',
  });
  const faulty = new Set([...said.matchAll(/planted-\w+\/(\w+)\.ts\(/g)].map(([, name]) => name));
  expect(faulty).toEqual(new Set(['problemless', 'shapeless', 'undeclared']));
});
