import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent } from '../agent-files/agent.ts';
import { describeProblem } from '../agent-files/agent-problem.ts';
import type { KnownNames } from '../agent-files/check-references.ts';
import { paperReader } from '../agent-files/knowledge/paper.ts';
import { loadAgents } from '../agent-files/load-agents.ts';
import { parseAgent } from '../agent-files/parse-agent.ts';

const git = promisify(execFile);

/**
 * The agents of another folder, or those of `folder` as they were at a revision of git, such as `main` or `HEAD~1`.
 * @throws Error when it is neither, or one of its files is wrong
 */
export async function agentsAt(target: string, folder: string, known: KnownNames): Promise<readonly Agent[]> {
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const { agents, problems } = isFolder
    ? await loadAgents(target, known)
    : await agentsOfRevision(target, folder, known);
  if (problems[0]) throw new Error(`The agents of ${target} cannot be used: ${describeProblem(problems[0])}`);
  return agents;
}

async function agentsOfRevision(
  revision: string,
  folder: string,
  known: KnownNames,
): Promise<Awaited<ReturnType<typeof loadAgents>>> {
  const run = async (...args: string[]) => (await git('git', ['-C', folder, ...args])).stdout;
  const listed = await run('ls-tree', '--name-only', '--end-of-options', revision, './').catch(() => {
    throw new Error(`${revision} is neither a folder of agents, nor a pipeline or a model, nor a revision of git.`);
  });
  const names = listed.split('\n').filter((name) => /^(?!readme\.md$)[^._].*\.md$/i.test(name));
  // Papers are those of now: what is compared is what the agents say of them.
  const inFolder = { ...known, agents: names.map((name) => basename(name, '.md')), readPaper: paperReader(folder) };
  const parsed = await Promise.all(
    names.map(async (name) => parseAgent(await run('show', `${revision}:./${name}`), join(folder, name), inFolder)),
  );
  return {
    agents: parsed.flatMap(({ agent }) => agent ?? []),
    problems: parsed.flatMap(({ problems }) => problems ?? []),
  };
}
