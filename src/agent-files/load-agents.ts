import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Agent } from './agent.ts';
import type { AgentProblem } from './agent-problem.ts';
import { paperReader } from './knowledge/paper.ts';
import type { KnownNames } from './check-references.ts';
import { parseAgent } from './parse-agent.ts';

export type LoadedAgents = { agents: readonly Agent[]; problems: readonly AgentProblem[] };

/** Reads every agent file of a folder: the agents that are right, and everything that is wrong with the others. */
export async function loadAgents(folder: string, known: KnownNames): Promise<LoadedAgents> {
  const files = await readAgentFiles(folder);
  const readPaper = paperReader(folder);
  const parsed = [...files].map(([file, text]) =>
    parseAgent(text, file, { ...known, agents: namesOf(files), readPaper }),
  );
  return {
    agents: parsed.flatMap(({ agent }) => (agent ? [agent] : [])),
    problems: parsed.flatMap(({ problems }) => problems ?? []),
  };
}

/** Paths and texts of the agent files of a folder, by name. The README and names that begin with a dot or `_` are none. */
export async function readAgentFiles(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => /^(?!readme\.md$)[^._].*\.md$/i.test(name)).sort();
  const files = new Map<string, string>();
  for (const name of names) {
    const file = join(folder, name);
    // An editor that saves by renaming removes the file for a moment; it is read the next time.
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined;
      throw error;
    });
    if (text !== undefined) files.set(file, text);
  }
  return files;
}

/** The agents that files stand for, by the names of the files. */
export function namesOf(files: ReadonlyMap<string, string>): string[] {
  return [...files.keys()].map((file) => basename(file, '.md'));
}
