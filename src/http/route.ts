import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { KeyScope } from '../calls/ports.ts';
import { problemSchema } from './problem.ts';
import { requireScope } from './door/require-scope.ts';

export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** What every route under `/api` may answer besides its own. */
export const commonProblems = {
  400: problem('The request cannot be read.'),
  401: problem('The API key is missing, unknown or revoked.'),
  403: problem('The API key lacks the scope.'),
  422: problem('The request is not valid; `field` and `detail` say what to send instead.'),
  429: problem('Too many requests; `Retry-After` says when to try again.'),
  500: problem('A defect in Parley.'),
  503: problem('PostgreSQL or LiveKit cannot be reached; `Retry-After` says when to try again.'),
} as const;

export const notFound = { 404: problem('No such thing in this tenant.') } as const;
export const conflict = { 409: problem('The state does not allow it; `code` says why.') } as const;
export const bodyProblems = {
  413: problem('The body is larger than 1 MB.'),
  415: problem('The body has the wrong media type.'),
} as const;

/** A route under `/api`: needs a key with `scope`, and declares the answers that every such route may give. */
export function apiRoute<Path extends string, Config extends Omit<RouteConfig, 'path' | 'middleware' | 'security'>>(
  scope: KeyScope,
  config: Config & { path: Path },
) {
  return createRoute({
    ...config,
    middleware: requireScope(scope),
    security: [{ apiKey: [] }, { bearer: [] }],
    description: `${config.description ? `${config.description} ` : ''}Scope: \`${scope}\`.`,
    responses: { ...commonProblems, ...config.responses },
  } as Config & { path: Path; middleware: ReturnType<typeof requireScope>; responses: typeof commonProblems });
}

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** An object that takes only its own fields, and names them when it is given another. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `Unknown field ${(issue['keys'] as string[]).join(', ')}. ${known ? `The fields are ${known}` : 'There are none'}`
        : undefined,
  });
}

export const idParam = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' } }),
});

/** Query fields of every list. */
export const paging = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .openapi({ type: 'integer', description: 'Rows per page.' }),
  cursor: z.string().max(500).optional().describe('`next_cursor` of the page before.'),
};
