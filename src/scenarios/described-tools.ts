import { llm } from '@livekit/agents';
import type { Agent } from '../agent-files/agent.ts';
import { httpTools, mcpServersOf } from '../agent-files/tools/agent-tools.ts';

type ToolParameters = Parameters<typeof llm.tool>[0]['parameters'];

/**
 * The tools that an agent's file describes, as its model sees them, and of its MCP servers those that the file names. They do
 * nothing: in a scenario a double answers for each.
 */
export function describedTools(agent: Agent): [name: string, tool: llm.AnonFunctionTool][] {
  const anything = { type: 'object', properties: {}, additionalProperties: true };
  const described = [
    ...httpTools(agent).map(({ name, description, arguments: given }) => ({ name, description, given })),
    ...mcpServersOf(agent).flatMap(({ only = [] }) =>
      only.map((name) => ({ name: name.replaceAll('_', '-'), description: name, given: anything })),
    ),
  ];
  return described.map(({ name, description, given }) => [
    name,
    llm.tool({
      description,
      parameters: given as ToolParameters,
      execute: () => Promise.reject(new llm.ToolError('This tool is not there now.')),
    }) as llm.AnonFunctionTool,
  ]);
}
