import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Agent } from './agent.ts';
import type { AgentProblem } from './agent-problem.ts';
import { paperReader } from './knowledge/paper.ts';
import type { KnownNames } from './check-references.ts';
import { parseAgent, type ParsedAgent } from './parse-agent.ts';

export type LoadedAgents = { agents: readonly Agent[]; problems: readonly AgentProblem[] };

/** The text of an agent file, or why there is none, as the end of a sentence about the file. */
export type AgentText = { text: string; problem?: never } | { text?: never; problem: string };

/** Longest agent file, in bytes. */
const longestFile = 1_000_000;

/** Reads every agent file of a folder: the agents that are right, and everything that is wrong with the others. */
export async function loadAgents(folder: string, known: KnownNames): Promise<LoadedAgents> {
  const files = await readAgentFiles(folder);
  const readPaper = paperReader(folder);
  const parsed = [...files].map(([file, content]) =>
    readAgent(content, file, { ...known, agents: namesOf(files), readPaper }),
  );
  return {
    agents: parsed.flatMap(({ agent }) => (agent ? [agent] : [])),
    problems: parsed.flatMap(({ problems }) => problems ?? []),
  };
}

/** The agent of a file, or everything that is wrong with it; a file without a text is one mistake. */
export function readAgent({ text, problem }: AgentText, file: string, known: KnownNames): ParsedAgent {
  return text === undefined
    ? { problems: [{ file, line: 1, field: '', message: problem }] }
    : parseAgent(text, file, known);
}

/**
 * The agent files of a folder, by path. The README and names that begin with a dot or `_` are none. Rejects when the folder cannot be
 * read; a file that cannot be is one with a problem, so that it stops nobody else.
 */
export async function readAgentFiles(folder: string): Promise<Map<string, AgentText>> {
  const names = (await readdir(folder)).filter((name) => /^(?!readme\.md$)[^._].*\.md$/i.test(name)).sort();
  const files = new Map<string, AgentText>();
  for (const name of names) {
    const content = await readText(join(folder, name));
    if (content) files.set(join(folder, name), content);
  }
  return files;
}

/** Undefined: it is a folder, or gone. An editor that saves by renaming removes a file for a moment; it is read the next time. */
async function readText(file: string): Promise<AgentText | undefined> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) return undefined;
    const problem = unfit(stats);
    return problem ? { problem } : { text: await readFile(file, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const cause = code === 'EACCES' || code === 'EPERM' ? `Parley may not read it, ${code}` : (code ?? message);
    return { problem: `cannot be read (${cause})` };
  }
}

function unfit(stats: Stats): string | undefined {
  // A pipe has no end to wait for.
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.size <= longestFile) return undefined;
  return `has ${(stats.size / 1e6).toFixed(1)} MB, and an agent file has at most ${longestFile / 1e6}: put what the agent knows into papers (knowledge)`;
}

/** The agents that files stand for, by the names of the files. */
export function namesOf(files: ReadonlyMap<string, unknown>): string[] {
  return [...files.keys()].map((file) => basename(file, '.md'));
}
