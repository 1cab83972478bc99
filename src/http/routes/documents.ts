import { Hono } from 'hono';
import { docsPage, docsStyle } from '../docs-page.ts';
import type { ApiEnv } from '../dependencies.ts';
import type { OpenapiDocument } from '../openapi.ts';

/** The API's description, for machines and for people. */
export function documentRoutes(document: OpenapiDocument) {
  const page = docsPage(document);
  return new Hono<ApiEnv>()
    .get('/openapi.json', (c) => c.json(document))
    .get('/docs', (c) => c.html(page))
    .get('/docs.css', (c) => c.body(docsStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
}
