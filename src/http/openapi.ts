import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './dependencies.ts';

/** The OpenAPI 3.1 document of every route, from the schemas that check the requests. */
export function openapiDocument(app: OpenAPIHono<ApiEnv>, version: string) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version,
      description:
        'Voice agents over LiveKit. Errors are `application/problem+json` with a stable `code`; money is exact decimal text in USD; times are UTC.',
    },
  });
}

export type OpenapiDocument = ReturnType<typeof openapiDocument>;
