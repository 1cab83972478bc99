import type { Agent } from '../../../agent-files/agent.ts';
import { mcpServersOf } from '../../../agent-files/tools/agent-tools.ts';
import type { McpServer } from '../../../agent-files/tools/mcp-server.ts';
import type { McpServers, McpTool } from '../../../calls/tools/mcp/mcp-ports.ts';

/** A tool of an MCP server that an agent names. */
export type ServedTool = { server: McpServer; tool: McpTool };

/** A server that has not listed its tools by then is away for this call: a caller does not wait for it. */
const withinMs = 1_500;
const modelName = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * The tools of the MCP servers of an agent. Of two of one name the first counts, and names that models cannot say are left out.
 * Never rejects.
 */
export async function servedTools(agent: Agent, mcp: McpServers): Promise<ServedTool[]> {
  const lists = await Promise.all(
    mcpServersOf(agent).map(async (server) => {
      const tools = await mcp.tools(server, { withinMs }).catch((): McpTool[] => []);
      return tools.map((tool) => ({ server, tool }));
    }),
  );
  const byName = new Map<string, ServedTool>();
  for (const served of lists.flat()) {
    const name = served.tool.name.replaceAll('-', '_');
    if (modelName.test(name) && !byName.has(name)) byName.set(name, served);
  }
  return [...byName.values()];
}
