import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Agent, agentSchema } from './agent.ts';
import type { AgentProblem } from './agent-problem.ts';
import { checkReferences, type KnownNames } from './check-references.ts';
import { fieldName, issueDescriber } from './describe-issue.ts';
import { quoting, readFrontMatter } from './front-matter.ts';

/** Names of agents, and so of their files: they are in URLs and in LiveKit metadata. */
const agentName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const describeIssue = issueDescriber(agentSchema);

/** `knowledge`: the papers that the file names, right or wrong. */
export type ParsedAgent = { knowledge?: readonly string[] } & (
  | { agent: Agent; problems?: never }
  | { agent?: never; problems: readonly AgentProblem[] }
);

/** Reads one agent file: the agent, or everything that is wrong with it at once. `file` is its path, its name the agent's. */
export function parseAgent(text: string, file: string, known: KnownNames): ParsedAgent {
  const problems: AgentProblem[] = [];
  const add = (line: number, field: string, message: string) => problems.push({ file, line, field, message });
  const name = basename(file, '.md');
  if (!agentName.test(name)) {
    add(1, '', `"${name}" cannot be the name of an agent: name the file in lower-case letters, digits and hyphens`);
  }
  const unreadable = text.split('\n').findIndex((line) => /[\uFFFD\0]/.test(line));
  if (unreadable >= 0) {
    add(unreadable + 1, '', 'has letters that are not UTF-8: save the file in the encoding UTF-8');
    return { problems };
  }
  const matter = readFrontMatter(text);
  if (!matter) {
    add(1, '', 'has no front matter: begin the file with a line `---`, then the fields, then another line `---`');
    return { problems };
  }
  for (const { line, message } of matter.errors) add(line, '', message);
  if (matter.errors.length > 0) return { problems };

  const parsed = agentSchema.safeParse(matter.values);
  for (const { path, message } of (parsed.error?.issues ?? []).flatMap((issue) =>
    describeIssue(issue, matter.values),
  )) {
    const line = matter.lineOf(path);
    const isUnquoted = /must be a text, it is (?:-?[\d.]+|true|false)$/.test(message);
    const braces = /must be (?:a text|a list)/.test(message) ? quoting(matter.lineAt(line)) : '';
    add(line, fieldName(path), message + (isUnquoted ? '; put quotes around it' : braces));
  }
  for (const { path, message } of checkReferences(matter.values, matter.body, { ...known, self: name })) {
    if (path[0] === 'prompt') add(matter.bodyLine + Number(path[1]), 'prompt', message);
    else add(matter.lineOf(path), fieldName(path), message);
  }
  const knowledge = knowledgeIn(matter.values);
  const { readPaper } = known;
  const papers = readPaper ? knowledge.map((source) => readPaper(source)) : [];
  for (const [index, { problem }] of papers.entries())
    if (problem !== undefined) add(matter.lineOf(['knowledge', index]), fieldName(['knowledge', index]), problem);
  if (matter.body === '')
    add(matter.bodyLine, 'prompt', 'is missing: write what the agent is to do below the second `---`');
  if (!parsed.success || problems.length > 0) return { knowledge, problems: problems.sort((a, b) => a.line - b.line) };
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return {
    knowledge,
    agent: {
      ...parsed.data,
      name,
      prompt: matter.body,
      version,
      ...(papers.length > 0 && { papers: papers.flatMap(({ paper }) => paper ?? []) }),
    },
  };
}

function knowledgeIn(values: unknown): readonly string[] {
  const { knowledge } = (typeof values === 'object' && values !== null ? values : {}) as { knowledge?: unknown };
  return agentSchema.shape.knowledge.safeParse(knowledge).data ?? [];
}
