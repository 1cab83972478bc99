import { describeProblem } from '../agent-files/agent-problem.ts';
import { loadAgents } from '../agent-files/load-agents.ts';
import { knownNames } from '../known-names.ts';
import type { Command } from './command.ts';

export const agents: Command = {
  help: `parley agents

Reads every agent file of PARLEY_AGENTS_DIR and lists the agents, and says file, line and field of each mistake.

Exit codes: 0 all files are right, 1 at least one is not.`,
  options: {},
  async run({ config, out }) {
    const folder = config.PARLEY_AGENTS_DIR;
    const found = await loadAgents(folder, knownNames).catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `${folder} cannot be read (${error.code}). Set PARLEY_AGENTS_DIR to the folder of the agent files.`,
      );
    });
    for (const agent of found.agents) {
      const pipeline = typeof agent.pipeline === 'string' ? agent.pipeline : `${agent.pipeline.preset}, changed`;
      out.write(
        `${agent.name.padEnd(16)} ${pipeline.padEnd(10)} ${agent.script ? 'script' : '      '}  ${agent.description}\n`,
      );
    }
    for (const problem of found.problems) out.write(`${describeProblem(problem)}\n`);
    if (found.agents.length === 0 && found.problems.length === 0) out.write(`There is no agent file in ${folder}.\n`);
    return found.problems.length > 0 ? 1 : 0;
  },
};
