import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { livekit } from '../setup/servers.ts';
import { openApi } from './open-api.ts';

type Json = Record<string, unknown>;

export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

/** A client as assistants have it. It checks every answer against the schema of its tool. */
export async function connectTo(url: string, headers: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'test', version: '0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  await client.listTools();
  return client;
}

export type Mcp = Awaited<ReturnType<typeof openMcp>>;

/** The API on a port of its own, and a client that holds the first tenant's key. */
export async function openMcp() {
  const api = await openApi();
  const { app, draining, deps } = api;
  const { logger } = deps;
  const server = await startServer({ app, host: '127.0.0.1', port: 0, livekitUrls: [livekit().url], draining, logger });
  const connect = (key: string, headers: Record<string, string> = bearer(key)) => connectTo(server.url, headers);
  const client = await connect(api.key);

  async function call(name: string, args: Json = {}, as = client): Promise<{ isError: boolean; told: Json }> {
    const { content, structuredContent, isError } = await as.callTool({ name, arguments: args });
    const [{ text }] = content as [{ text: string }];
    const told = JSON.parse(text) as Json;
    if (!isError) expect(structuredContent).toEqual(told);
    return { isError: isError === true, told };
  }

  /** The problem with which the tool refuses. */
  async function refused(name: string, args: Json, as = client): Promise<Json> {
    const { isError, told } = await call(name, args, as);
    expect({ isError, ...told }).toMatchObject({ isError: true, code: /./, detail: /./, request_id: /./ });
    expect(JSON.stringify(told)).not.toMatch(/\.ts:\d+|node_modules|SELECT /);
    return told;
  }

  return {
    api,
    url: server.url,
    client,
    connect,
    call,
    refused,
    async close() {
      await client.close();
      await server.close();
      await api.close();
    },
  };
}
