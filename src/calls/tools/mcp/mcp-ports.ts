import type { ArgumentsSchema } from '../../../agent-files/tools/arguments-schema.ts';
import type { McpServer } from '../../../agent-files/tools/mcp-server.ts';
import type { ToolOutcome } from '../tool-outcome.ts';

/** A tool of an MCP server, as its list has it. */
export type McpTool = {
  /** As the server calls it. */
  name: string;
  description: string;
  arguments: ArgumentsSchema;
  /** By what the server says of it: it only reads, or does the same again when it is asked twice. */
  mayRepeat: boolean;
};

/** The MCP servers of agent files: one connection each for all calls of a process. */
export type McpServers = {
  /**
   * The tools of a server that an agent may use, as they are known. A server that cannot be reached in time has those that
   * `only` names, with any arguments, so that calling one of them tells what is wrong.
   */
  tools(server: McpServer, options: { withinMs: number }): Promise<McpTool[]>;
  /** Runs one. Never rejects. */
  call(
    server: McpServer,
    request: { tool: McpTool; arguments: Record<string, unknown>; runId: string },
  ): Promise<ToolOutcome>;
  close(): Promise<void>;
};
