import { openAgents } from '../agents-interim.ts';
import { callToolNames } from '../worker/call-tools.ts';
import type { Command } from './command.ts';

export const agents: Command = {
  help: `parley agents

Reads every agent file of PARLEY_AGENTS_DIR and lists the agents, or says file, line and field of each mistake.

Exit codes: 0 all files are right, 1 at least one is not.`,
  options: {},
  async run({ config, out }) {
    const found = await openAgents({ dir: config.PARLEY_AGENTS_DIR, toolNames: callToolNames, log: () => undefined });
    for (const agent of found.list()) out.write(`${agent.name.padEnd(16)} ${agent.description}\n`);
    return 0;
  },
};
