import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentProblem } from '../../agent-files/agent-problem.ts';
import { parseScenarios, type ParsedScenarios } from './parse-scenarios.ts';

/** The scenario files of a folder of agents: `tests/*.yaml`, by name. A folder that is not there has none. */
export async function scenarioFiles(agentsDir: string): Promise<string[]> {
  const folder = join(agentsDir, 'tests');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^[^._].*\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads files of scenarios: those that are right, and everything that is wrong with the others. */
export async function loadScenarios(files: readonly string[], agents: readonly string[]): Promise<ParsedScenarios> {
  const parsed = await Promise.all(
    files.map(async (file): Promise<ParsedScenarios> => {
      try {
        return parseScenarios(await readFile(file, 'utf8'), file, agents);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const problem: AgentProblem = { file, line: 1, field: '', message: `cannot be read (${code ?? message})` };
        return { scenarios: [], problems: [problem] };
      }
    }),
  );
  return {
    scenarios: parsed.flatMap(({ scenarios }) => scenarios),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}
