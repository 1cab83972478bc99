import { describeProblem } from '../../agent-files/agent-problem.ts';
import { loadAgents } from '../../agent-files/load-agents.ts';
import { toolSettings } from '../../compose/tool-settings.ts';
import { knownNames } from '../../known-names.ts';
import { withTerminal } from './ask-on-terminal.ts';
import type { Command } from '../command.ts';
import { agentQuestions, newAgent } from './new-agent.ts';
import { testTool } from './test-tool.ts';
import { UsageError } from '../usage-error.ts';

type Context = Parameters<Command['run']>[0];

export const agents: Command = {
  help: `parley agents
parley agents new NAME [--about …] [--greeting …] [--language …] [--knows …] [--transfer …]
parley agents test-tool AGENT TOOL ['{"argument": "value"}'] [--variable name=value]...

Reads every agent file of PARLEY_AGENTS_DIR and lists the agents, and says file, line and field of each mistake.

new asks five questions and writes the file of an agent that works. Each option answers one of them:

  --about     what the agent does, in one line
  --greeting  what it says first
  --language  the language of its calls, such as de-DE; en-US unless given
  --knows     what it needs to know, such as opening hours
  --transfer  the number of a person it may connect callers to, such as +15551234567

test-tool runs one of the tools that an agent's file describes, for real, as a call would do it: it says what is sent, what came
of it, and what the model receives. Secrets are not shown.

  --variable  the value of a variable of the agent, such as --variable customer=Ann; may be given several times

Exit codes: 0 all files are right, or the tool did what it should; 1 at least one is not, or the tool failed; 2 the command was not
understood.`,
  options: {
    variable: { type: 'string', multiple: true },
    about: { type: 'string' },
    greeting: { type: 'string' },
    language: { type: 'string' },
    knows: { type: 'string' },
    transfer: { type: 'string' },
  },
  async run(context) {
    const [verb, agent, tool, json, ...more] = context.positionals;
    if (verb === undefined) return list(context);
    try {
      if (verb === 'new' && tool === undefined) return await create(agent, context);
      if (verb !== 'test-tool' || more.length > 0)
        throw new UsageError(`parley agents has no command "${[verb, ...more].join(' ')}".\n\n${agents.help}`);
      const { variable } = context.values;
      const variables = Array.isArray(variable) ? variable.map(String) : [];
      return await testTool({ agent, tool, json, variables }, context);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.out.write(`${error.message}\n`);
      return 2;
    }
  },
};

async function create(name: string | undefined, context: Context): Promise<number> {
  const { config, values, out } = context;
  const given = Object.fromEntries(
    Object.keys(agentQuestions).flatMap((each) => (values[each] === undefined ? [] : [[each, String(values[each])]])),
  );
  const known = knownNames(toolSettings(config));
  const file = await withTerminal(context, (ask) =>
    newAgent(name, given, { folder: config.PARLEY_AGENTS_DIR, known, ask }),
  );
  out.write(
    `${file} is an agent. Talk to it: \`parley up\`, open the page and choose ${name}. Change the file as you like.\n`,
  );
  return 0;
}

async function list({ config, out }: Context): Promise<number> {
  const folder = config.PARLEY_AGENTS_DIR;
  const found = await loadAgents(folder, knownNames(toolSettings(config))).catch((error: NodeJS.ErrnoException) => {
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
}
