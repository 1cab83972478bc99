import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Agent } from './agent.ts';
import { type AgentProblem, describeProblem } from './agent-problem.ts';
import type { KnownNames } from './check-references.ts';
import { paperReader, stampOf } from './knowledge/paper.ts';
import { type AgentText, namesOf, readAgent, readAgentFiles } from './load-agents.ts';

/** The agents as their files say now. */
export type AgentRegistry = {
  get(name: string): Agent | undefined;
  /** By name. */
  list(): readonly Agent[];
  /** What is wrong with files at the moment; their last right version, if there was one, still serves. */
  problems(): readonly AgentProblem[];
  /** Stops watching. */
  close(): Promise<void>;
};

type WatchOptions = {
  known: KnownNames;
  log: (level: 'info' | 'error', message: string, fields?: Record<string, unknown>) => void;
  /** Quiet time after a change before files are read: editors save in several steps. */
  settleMs?: number;
  /** Files are also looked at this often: network drives, containers and links tell nothing of a change. */
  lookEveryMs?: number;
};

/**
 * Loads a folder of agent files and follows its changes. A file that is broken when it changes leaves its agent as it was.
 * @throws Error when the folder cannot be read at the start
 */
export async function watchAgents(folder: string, options: WatchOptions): Promise<AgentRegistry> {
  const { known, log, settleMs = 150, lookEveryMs = 3_000 } = options;
  const agents = new Map<string, Agent>();
  const seen = new Map<string, string>();
  const broken = new Map<string, readonly AgentProblem[]>();
  /** Of the papers of agents, as they were read. */
  const papers = new Map<string, { named: readonly string[]; stamp: string }>();
  const readPaper = paperReader(folder);
  const running = new AbortController();
  let trouble = '';

  function apply(files: Map<string, AgentText>, first: boolean): void {
    for (const file of [...seen.keys()].filter((each) => !files.has(each))) {
      seen.delete(file);
      broken.delete(file);
      if (agents.delete(basename(file, '.md')))
        log('info', `agent ${basename(file, '.md')} is gone: its file was removed`);
    }
    for (const [file, content] of files) {
      const name = basename(file, '.md');
      const before = papers.get(file);
      const text = content.text ?? content.problem;
      if (seen.get(file) === text && before?.stamp === stampOf(folder, before?.named ?? [])) continue;
      seen.set(file, text);
      const {
        agent,
        problems,
        knowledge: named = [],
      } = readAgent(content, file, { ...known, agents: namesOf(files), readPaper });
      papers.set(file, { named, stamp: stampOf(folder, named) });
      if (agent) {
        broken.delete(file);
        if (!first) log('info', `agent ${name} ${agents.has(name) ? 'changed' : 'is new'}`, { version: agent.version });
        agents.set(name, agent);
      } else {
        broken.set(file, problems);
        for (const problem of problems) log('error', describeProblem(problem));
        const serving = agents.get(name);
        log(
          'error',
          `agent ${name}: ${serving ? `version ${serving.version} goes on serving` : 'cannot be used'} until its file is fixed`,
        );
      }
    }
  }

  async function look(): Promise<void> {
    try {
      apply(await readAgentFiles(folder), false);
      trouble = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) log('error', `${folder} cannot be read, the agents stay as they are: ${message}`);
      trouble = message;
    }
  }

  apply(await readAgentFiles(folder), true);
  let looking: Promise<void> | undefined;
  let settling: NodeJS.Timeout | undefined;
  let again = false;
  function lookSoon(): void {
    if (running.signal.aborted) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (looking) {
        again = true;
        return;
      }
      looking = look().finally(() => {
        looking = undefined;
        if (again) lookSoon();
        again = false;
      });
    }, settleMs);
  }

  const watcher = followFolder(folder, lookSoon);
  const rounds = setInterval(lookSoon, lookEveryMs).unref();
  return {
    get: (name) => agents.get(name),
    list: () => [...agents.values()].sort((a, b) => a.name.localeCompare(b.name)),
    problems: () => [...broken.values()].flat(),
    close: async () => {
      running.abort();
      clearInterval(rounds);
      clearTimeout(settling);
      watcher?.close();
      await looking;
    },
  };
}

/** Where the system cannot watch (no more watches, a network drive), the rounds alone notice changes. */
function followFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
