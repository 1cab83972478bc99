import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, normalize, relative } from 'node:path';
import { didYouMean } from '../did-you-mean.ts';

/** A file of what an agent knows. */
export type Paper = {
  /** As the agent file names it. */
  source: string;
  path: string;
  /** SHA-256 of its bytes, hex. */
  hash: string;
};

/** Reads a paper that an agent file names, or tells what is wrong with it, as the end of a sentence about the field. */
export type ReadPaper = (source: string) => { paper: Paper; problem?: never } | { paper?: never; problem: string };

/** Longest paper, in bytes: some 10,000 passages. */
export const longestPaper = 5_000_000;
const kinds = ['.md', '.markdown', '.txt'];

/** Reads the papers beside the agent files of a folder. */
export function paperReader(folder: string): ReadPaper {
  return (source) => {
    const inside = normalize(source);
    if (isAbsolute(source) || inside.startsWith('..'))
      return {
        problem: `"${source}" is not beside the agent files: put it into their folder, such as papers/prices.md`,
      };
    const path = join(folder, inside);
    if (!kinds.includes(extname(path).toLowerCase()))
      return { problem: `"${source}" is neither Markdown nor text: its name has to end in ${kinds.join(', ')}` };
    const stats = statOf(path);
    if (!stats?.isFile()) return { problem: missing(folder, source) };
    if (stats.size > longestPaper) {
      const megabytes = (stats.size / 1e6).toFixed(1);
      return {
        problem: `"${source}" has ${megabytes} MB, and a paper has at most ${longestPaper / 1e6}: split it, and keep what callers ask`,
      };
    }
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      return { problem: `"${source}" cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no file'})` };
    }
    const problem = textProblem(bytes);
    if (problem) return { problem: `"${source}" ${problem}` };
    return { paper: { source, path, hash: createHash('sha256').update(bytes).digest('hex') } };
  };
}

/** The words of a paper, as they were when its agent file was read; undefined: the file is another one by now. */
export function readPaperText({ path, hash }: Paper): string | undefined {
  try {
    const bytes = readFileSync(path);
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes.toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Changes whenever one of these files does. */
export function stampOf(folder: string, sources: readonly string[]): string {
  return sources
    .map((source) => {
      const stats = statOf(join(folder, source));
      return `${source} ${stats?.size ?? '-'} ${stats?.mtimeMs ?? '-'}`;
    })
    .join('\n');
}

/** Undefined: it is not there, or behind a link or a folder that leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function missing(folder: string, source: string): string {
  const beside = join(folder, dirname(source));
  const names = readNames(beside)
    .filter((name) => kinds.includes(extname(name).toLowerCase()))
    .map((name) => relative(folder, join(beside, name)));
  const meant = didYouMean(source, names);
  return `there is no file "${source}" beside the agent files${meant ? `; did you mean \`${meant}\`?` : ''}`;
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Why bytes are no text that can be read, by where that shows. */
function textProblem(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return 'is not a text file: save it as plain text in UTF-8';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? 'is empty' : undefined;
  } catch {
    const line = firstBadLine(bytes);
    return `is not in UTF-8 (line ${line}; perhaps Latin-1): save it as UTF-8`;
  }
}

function firstBadLine(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    const until = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(from, until));
    } catch {
      return line;
    }
    from = until;
  }
  return line;
}
