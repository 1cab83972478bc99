import type { HttpTool } from './http-tool.ts';
import type { McpServer } from './mcp-server.ts';

export type ToolEntry = string | HttpTool | McpServer;
type Entries = { tools: readonly ToolEntry[] };

/** The tools of this program that an agent names. */
export function builtInTools({ tools }: Entries): string[] {
  return tools.filter((tool) => typeof tool === 'string');
}

/** The tools that the agent's own file describes. */
export function httpTools({ tools }: Entries): HttpTool[] {
  return tools.filter((tool) => typeof tool !== 'string' && 'name' in tool);
}

/** The servers whose tools the agent may use. */
export function mcpServersOf({ tools }: Entries): McpServer[] {
  return tools.filter((tool) => typeof tool !== 'string' && 'mcp' in tool);
}

/** The names that an entry gives, as agent files write them; of a server those that it is limited to. */
export function namesOf(tool: ToolEntry): string[] {
  if (typeof tool === 'string') return [tool];
  return 'name' in tool ? [tool.name] : (tool.only ?? []).map((name) => name.replaceAll('_', '-'));
}

/** The names of all, in order. */
export function toolNames({ tools }: Entries): string[] {
  return tools.flatMap(namesOf);
}
