import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tools } from '../../src/http/mcp/tools.ts';
import type { Api } from './open-api.ts';
import { bearer, type Mcp, openMcp } from './open-mcp.ts';

type Json = Record<string, unknown>;

let mcp: Mcp;
let api: Api;

beforeAll(async () => {
  mcp = await openMcp();
  ({ api } = mcp);
});
afterAll(() => mcp?.close());

/** A request as curl sends it. */
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${mcp.url}/mcp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...bearer(api.key), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

describe('the server', () => {
  test('says who it is and what it is for, and keeps no session', async () => {
    expect(mcp.client.getServerVersion()).toMatchObject({ name: 'parley', version: '0.0.0' });
    expect(mcp.client.getInstructions()).toContain('place_call');
    expect((mcp.client.transport as StreamableHTTPClientTransport).sessionId).toBeUndefined();
  });

  test('lists every tool with a title, both schemas and what it may do', async () => {
    const listed: Tool[] = (await mcp.client.listTools()).tools;
    expect(listed.map(({ name }) => name)).toEqual(tools.map(({ definition }) => definition.name));
    for (const tool of listed)
      expect(tool).toMatchObject({
        title: /./,
        description: /./,
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object' },
        annotations: {
          readOnlyHint: expect.any(Boolean),
          destructiveHint: expect.any(Boolean),
          idempotentHint: expect.any(Boolean),
          openWorldHint: expect.any(Boolean),
        },
      });
    const [place] = listed.filter(({ name }) => name === 'place_call');
    expect(place!.inputSchema).toMatchObject({ required: ['to', 'agent'], additionalProperties: false });
    expect(place!.inputSchema.properties).toMatchObject({
      to: { description: /E\.164/ },
      agent: { description: /agent/ },
    });
    for (const name of ['webhook', 'resume_url', 'pipeline', 'trunk_id'])
      expect(place!.inputSchema.properties).not.toHaveProperty(name);
  });

  test('takes the key in either header, and counts its requests', async () => {
    const other = await mcp.connect(api.key, { 'X-API-Key': api.key });
    expect((await mcp.call('list_agents', {}, other)).isError).toBe(false);
    const response = await post(listTools);
    expect(response.headers.get('ratelimit-limit')).toBe('100000');
    await response.body?.cancel();
  });

  test('answers JSON to whoever takes no stream', async () => {
    const response = await post(listTools, { Accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      id: 1,
      result: { tools: expect.arrayContaining([expect.objectContaining({ name: 'list_agents' })]) },
    });
  });

  test('says that there is no such tool, and which there are', async () => {
    await expect(mcp.client.callTool({ name: 'erase_call', arguments: {} })).rejects.toThrow(
      /no tool "erase_call".*hang_up/,
    );
  });
});

describe('what is no request of a client with a key is refused before any tool', () => {
  test.each([
    ['without a key', { Authorization: '' }, 401, 'unauthenticated'],
    ['with an unknown key', { Authorization: 'Bearer nobody' }, 401, 'unauthenticated'],
    ['from a page of another site', { Origin: 'https://evil.example' }, 403, 'origin_not_allowed'],
    ['from a page that says it is none', { Origin: 'null' }, 403, 'origin_not_allowed'],
    [
      'from a page whose name only begins like ours',
      { Origin: 'http://localhost.evil.example' },
      403,
      'origin_not_allowed',
    ],
    [
      'in a version of the protocol that does not exist',
      { 'MCP-Protocol-Version': '1999-01-01' },
      400,
      'malformed_request',
    ],
  ])('%s', async (_what, headers, status, code) => {
    const response = await post(listTools, headers);
    expect({ status: response.status, ...((await response.json()) as Json) }).toMatchObject({ status, code });
    if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('a page of this machine is let in', async () => {
    expect((await post(listTools, { Origin: 'http://localhost:8080' })).status).toBe(200);
  });

  test.each([
    ['garbage', '{"jsonrpc": "2.0", ', 400, 'malformed_request'],
    ['a batch', [listTools, listTools], 422, 'invalid_request'],
    ['JSON that is no JSON-RPC', { hello: 'there' }, 422, 'invalid_request'],
    ['a message without a method', { jsonrpc: '2.0', id: 1 }, 400, 'malformed_request'],
  ])('%s', async (_what, body, status, code) => {
    const response = await post(body);
    expect({ status: response.status, ...((await response.json()) as Json) }).toMatchObject({ status, code });
  });

  test.each(['GET', 'DELETE', 'PUT'])('%s is answered 405, as there is no session', async (method) => {
    const response = await fetch(`${mcp.url}/mcp`, { method, headers: bearer(api.key) });
    expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
  });

  // Last, since the server then closes the connection.
  test('a body of 2 MB', async () => {
    const response = await post({ ...listTools, params: { x: 'x'.repeat(2_000_000) } });
    expect({ status: response.status, ...((await response.json()) as Json) }).toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
  });
});
