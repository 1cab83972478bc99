import { createHash, randomUUID } from 'node:crypto';
import { access, constants, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Agent } from './agent.ts';
import { describeProblem } from './agent-problem.ts';
import type { KnownNames } from './check-references.ts';
import { parseAgent } from './parse-agent.ts';

/** The file of an agent as it is on disk. */
export type AgentFile = {
  path: string;
  text: string;
  /** Of the text, in double quotes, as HTTP has it. */
  etag: string;
  /** Whether it may be changed from here. */
  writable: boolean;
};

export type AgentFiles = {
  /** Null: there is no such file. */
  read(name: string): Promise<AgentFile | null>;
  /** The agent that a text makes, or everything that is wrong with it. */
  parse(name: string, text: string): { agent: Agent; problems: readonly [] } | { agent?: never; problems: string[] };
  /** Writes it whole or not at all. Null: the file is not the one that has this ETag. */
  write(change: { name: string; text: string; etag: string }): Promise<AgentFile | null>;
};

/**
 * The files of a folder, to be read and changed by people. Of two changes at once in this process the second meets the text of the first;
 * an editor beside it may still be faster than the moment between the comparison and the renaming.
 */
export function agentFiles(folder: string, { known, editable }: { known: KnownNames; editable: boolean }): AgentFiles {
  let writing: Promise<unknown> = Promise.resolve();
  const pathOf = (name: string) => join(folder, `${name}.md`);

  async function read(name: string): Promise<AgentFile | null> {
    const path = pathOf(name);
    try {
      const text = await readFile(path, 'utf8');
      return { path, text, etag: etagOf(text), writable: editable && (await isWritable(path)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async function replace({ name, text, etag }: Parameters<AgentFiles['write']>[0]): Promise<AgentFile | null> {
    const now = await read(name);
    if (now?.etag !== etag) return null;
    // What is in the folder may be a link; the file it leads to is what is changed.
    const path = await realpath(now.path);
    // Beside it, so that renaming does not cross file systems; a name with a dot is no agent.
    const beside = join(dirname(path), `.${name}.${randomUUID()}.tmp`);
    try {
      await writeFile(beside, text, { mode: (await stat(path)).mode, flag: 'wx' });
      await rename(beside, path);
    } finally {
      await rm(beside, { force: true });
    }
    return { ...now, text, etag: etagOf(text) };
  }

  return {
    read,
    parse(name, text) {
      const { agent, problems } = parseAgent(text, pathOf(name), known);
      return agent ? { agent, problems: [] } : { problems: problems.map(describeProblem) };
    },
    write(change) {
      const mine = writing.then(() => replace(change));
      writing = mine.catch(() => undefined);
      return mine;
    },
  };
}

const etagOf = (text: string) => `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    await access(dirname(await realpath(path)), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
