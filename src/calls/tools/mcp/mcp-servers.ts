import { setTimeout as sleep } from 'node:timers/promises';
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { type ArgumentsSchema, isArgumentsSchema } from '../../../agent-files/tools/arguments-schema.ts';
import type { McpServer } from '../../../agent-files/tools/mcp-server.ts';
import { renderVariables } from '../../../agent-files/render-variables.ts';
import { secretsIn } from '../../../agent-files/tools/check-tools.ts';
import { hideSecrets } from '../hide-secrets.ts';
import type { McpServers, McpTool } from './mcp-ports.ts';
import { select } from '../read-answer.ts';
import { type ToolAddressRules, ToolAddressError } from '../tool-address.ts';
import type { ToolOutcome } from '../tool-outcome.ts';
import { type McpAddress, McpConnection } from './mcp-connection.ts';

type Means = {
  rules: ToolAddressRules;
  secrets: Readonly<Record<string, string>>;
  version: string;
  log: (message: string, fields: Record<string, unknown>) => void;
};

/** Of a tool, in characters: a model reads it with every question. */
const longestDescription = 4_000;
/** What a tool takes of which that is not known: its server judges. */
const anything: ArgumentsSchema = { type: 'object', properties: {}, required: [], additionalProperties: true };

/** Connections to the MCP servers that agent files name, each made once for all calls of this process. */
export function mcpServers(means: Means): McpServers {
  const connections = new Map<string, McpConnection>();
  const connectionTo = (server: McpServer): McpConnection => {
    const address = addressOf(server, means.secrets);
    const key = JSON.stringify(address);
    const known = connections.get(key) ?? new McpConnection(address, means);
    connections.set(key, known);
    return known;
  };
  return {
    async tools(server, { withinMs }) {
      const connected = connectionTo(server).connected();
      const late = new AbortController();
      const found = await Promise.race([
        connected.catch(() => undefined),
        sleep(withinMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
      const allowed = (name: string) => server.only?.some((each) => plain(each) === plain(name)) ?? true;
      if (found) return found.tools.filter(({ name }) => allowed(name)).map(toTool);
      return (server.only ?? []).map(unreached);
    },

    async call(server, { tool, arguments: given, runId }) {
      const notDone = tool.mayRepeat ? 'failed' : 'unknown';
      const limits = { timeout: server.timeout_ms, maxTotalTimeout: server.timeout_ms };
      let reached: Awaited<ReturnType<McpConnection['connected']>>;
      try {
        reached = await withTimeout(connectionTo(server).connected(), server.timeout_ms);
      } catch (error) {
        return { is: 'failed', note: whyNot(server, error) };
      }
      const { client, tools } = reached;
      const name = tools.find((each) => plain(each.name) === plain(tool.name))?.name;
      if (name === undefined)
        return { is: 'failed', note: `The server ${server.mcp} has no tool ${tool.name} any more.` };
      try {
        const params = { name, arguments: given, _meta: { 'parley/idempotency-key': runId } };
        const result = (await client.callTool(params, undefined, limits)) as CallToolResult;
        return hideSecrets(
          outcomeOf(result, server),
          secretsIn(JSON.stringify([server.headers, server.env])).flatMap((each) => means.secrets[each] ?? []),
        );
      } catch (error) {
        return brokenOff(error, notDone);
      }
    },

    async close() {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
      connections.clear();
    },
  };
}

function addressOf({ mcp, url, headers, command, env }: McpServer, secrets: Means['secrets']): McpAddress {
  const values = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secret.${name}`, value]));
  const filled = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, renderVariables(text, values)]));
  return { mcp, url, headers: filled(headers), command, env: filled(env) };
}

/** Each once: what checks arguments by a schema is kept with it. */
const read = new WeakMap<Tool, McpTool>();

function toTool(tool: Tool): McpTool {
  const known = read.get(tool);
  if (known) return known;
  const { name, description, inputSchema, annotations } = tool;
  const { properties = {}, required = [], $schema: _schema, $id: _id, ...rest } = inputSchema;
  const given = { additionalProperties: true, ...rest, properties, required } as unknown as ArgumentsSchema;
  const made = {
    name,
    description: (description ?? annotations?.title ?? name).slice(0, longestDescription),
    // A provider refuses the whole question for one schema that is none.
    arguments: isArgumentsSchema(given) ? given : anything,
    mayRepeat: annotations?.readOnlyHint === true || annotations?.idempotentHint === true,
  };
  read.set(tool, made);
  return made;
}

/** A tool of a server that is away: what it takes is not known, and calling it tells so. */
function unreached(name: string): McpTool {
  return {
    name,
    description: `${name}. It cannot be reached at the moment.`,
    arguments: anything,
    mayRepeat: false,
  };
}

function outcomeOf(
  { content, structuredContent, isError }: CallToolResult,
  { answer: reading }: McpServer,
): ToolOutcome {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const said: unknown = structuredContent ?? parsed(texts.join('\n'));
  return { is: isError ? 'refused' : 'done', ...(said !== '' && select(said, reading)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function brokenOff(error: unknown, notDone: 'failed' | 'unknown'): ToolOutcome {
  if (!(error instanceof McpError))
    return { is: notDone, note: 'The connection to the server broke before the answer.' };
  if (error.code === ErrorCode.RequestTimeout) return { is: notDone, note: 'The server did not answer in time.' };
  if (error.code === ErrorCode.ConnectionClosed)
    return { is: notDone, note: 'The server went away before the answer.' };
  const nothingDone = [ErrorCode.InvalidParams, ErrorCode.MethodNotFound, ErrorCode.InvalidRequest].includes(
    error.code,
  );
  return { is: nothingDone ? 'refused' : notDone, note: `The server says: ${error.message.slice(0, 300)}` };
}

function whyNot({ mcp }: McpServer, error: unknown): string {
  const reason = error instanceof ToolAddressError ? `: ${error.message}` : '.';
  return `The server ${mcp} cannot be reached${reason}`;
}

async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error('It took too long.');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
