import type { HttpTool } from './http-tool.ts';

type Entries = { tools: readonly (string | HttpTool)[] };

/** The tools of this program that an agent names. */
export function builtInTools({ tools }: Entries): string[] {
  return tools.filter((tool) => typeof tool === 'string');
}

/** The tools that the agent's own file describes. */
export function httpTools({ tools }: Entries): HttpTool[] {
  return tools.filter((tool) => typeof tool !== 'string');
}

/** The names of all, in order, as agent files write them. */
export function toolNames({ tools }: Entries): string[] {
  return tools.map((tool) => (typeof tool === 'string' ? tool : tool.name));
}
