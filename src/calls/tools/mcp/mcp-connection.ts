import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type Tool, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import type { McpServer } from '../../../agent-files/tools/mcp-server.ts';
import type { ToolAddressRules } from '../tool-address.ts';
import { pinnedFetch } from './pinned-fetch.ts';

const connectMs = 10_000;
/** A server that could not be reached is not tried again sooner. */
const pauseMs = 5_000;
const mostPages = 20;

/** A server as it is reached: names and secrets are filled in. */
export type McpAddress = Pick<McpServer, 'mcp' | 'url' | 'headers' | 'command' | 'env'>;

type Means = {
  rules: ToolAddressRules;
  version: string;
  log: (message: string, fields: Record<string, unknown>) => void;
};

/** One connection to an MCP server, made when it is first needed and again when it broke. */
export class McpConnection {
  readonly #address: McpAddress;
  readonly #means: Means;
  #connecting: Promise<{ client: Client; tools: Tool[] }> | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #trouble: unknown;

  constructor(address: McpAddress, means: Means) {
    this.#address = address;
    this.#means = means;
  }

  /** Connected, with its tools listed. Whoever asks meanwhile shares the attempt. @throws what stands in the way */
  connected(): Promise<{ client: Client; tools: Tool[] }> {
    if (this.#connecting) return this.#connecting;
    if (performance.now() < this.#failedAtMs + pauseMs) return Promise.reject(this.#trouble);
    const connecting = this.#connect();
    this.#connecting = connecting;
    connecting.catch((error: unknown) => {
      if (this.#connecting === connecting) this.#connecting = undefined;
      this.#failedAtMs = performance.now();
      this.#trouble = error;
      this.#means.log('an MCP server cannot be reached; its tools fail until it can', {
        server: this.#address.mcp,
        error,
      });
    });
    return connecting;
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    await (await connecting?.catch(() => undefined))?.client.close().catch(() => undefined);
  }

  async #connect(): Promise<{ client: Client; tools: Tool[] }> {
    const { version } = this.#means;
    const client = new Client({ name: 'parley', version });
    const made = { client, tools: [] as Tool[] };
    try {
      await client.connect(this.#transport(), { timeout: connectMs });
      made.tools = await listTools(client);
    } catch (error) {
      await client.close().catch(() => undefined);
      throw error;
    }
    client.onclose = () => (this.#connecting = undefined);
    client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
      made.tools = await listTools(client);
    });
    return made;
  }

  #transport(): Transport {
    const { url, headers, command = [], env } = this.#address;
    if (url !== undefined)
      return new StreamableHTTPClientTransport(new URL(url), {
        requestInit: { headers },
        fetch: pinnedFetch(this.#means.rules),
      }) as Transport;
    const [program = '', ...args] = command;
    return new StdioClientTransport({
      command: program,
      args,
      env: { ...getDefaultEnvironment(), ...env },
      stderr: 'ignore',
    });
  }
}

async function listTools(client: Client): Promise<Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const listed = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: connectMs });
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}
