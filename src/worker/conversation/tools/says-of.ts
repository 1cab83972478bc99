import type { Agent } from '../../../agent-files/agent.ts';
import { httpTools, mcpServersOf } from '../../../agent-files/tools/agent-tools.ts';

/** The words of tools that are spoken while they run. */
export function saysOf(agent: Agent): string[] {
  return [...httpTools(agent), ...mcpServersOf(agent)].flatMap(({ say }) => say ?? []);
}
