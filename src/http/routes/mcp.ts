import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { StatusCode } from 'hono/utils/http-status';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { mcpServer } from '../mcp/mcp-server.ts';
import { HttpError } from '../problem.ts';
import { bodyProblems, commonProblems, jsonBody, problem } from '../route.ts';

const message = z
  .looseObject(
    {
      jsonrpc: z.literal('2.0'),
      id: z.union([z.string(), z.number()]).optional(),
      method: z.string().optional(),
      params: z.looseObject({}).optional(),
    },
    { error: (issue) => (issue.path?.length ? undefined : 'Send one JSON-RPC message per request') },
  )
  .openapi('JsonRpcMessage');

const mcpRoute = createRoute({
  method: 'post',
  path: '/mcp',
  summary: 'The tools for AI assistants, by the Model Context Protocol (streamable HTTP, stateless)',
  description: 'One JSON-RPC message per request. Each tool needs the scope of the route that does the same.',
  security: [{ apiKey: [] }, { bearer: [] }],
  request: {
    headers: z.object({ 'mcp-protocol-version': z.string().optional().describe('As agreed on by `initialize`.') }),
    body: jsonBody(message),
  },
  responses: {
    ...commonProblems,
    ...bodyProblems,
    403: problem('A page of another site asked. What a key may not do, its tool says.'),
    200: {
      description: 'The answer; as a stream, with progress before it, for whoever accepts one.',
      content: { 'application/json': { schema: message }, 'text/event-stream': { schema: z.string() } },
    },
    202: { description: 'A notification, which has no answer.' },
  },
});

/** A server and a transport per request: no session is kept. */
export function mcpRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(mcpRoute, async (c) => {
    const takesStream = c.req.header('accept')?.includes('text/event-stream') ?? false;
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !takesStream });
    await mcpServer(c, deps).connect(transport);
    const headers = new Headers(c.req.raw.headers);
    // The transport insists on both; whoever takes no stream gets JSON.
    headers.set('accept', 'application/json, text/event-stream');
    const request = new Request(c.req.url, { method: 'POST', headers });
    const response = await transport.handleRequest(request, { parsedBody: c.req.valid('json') });
    if (!response.ok) throw await refusalOf(response);
    return c.newResponse(response.body, {
      status: response.status as StatusCode,
      headers: Object.fromEntries(response.headers),
    });
  });
}

/** What the transport could not read, as the problem that every route answers. */
async function refusalOf(response: Response): Promise<HttpError> {
  const { error } = (await response.json()) as { error: { message: string } };
  return new HttpError('malformed_request', `${error.message}. See /docs.`);
}
