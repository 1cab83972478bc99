import { basename } from 'node:path';

/** One mistake in an agent file. `message` says what is allowed and reads on from the field: "must be at most 240". */
export type AgentProblem = {
  /** Path of the file. */
  file: string;
  /** From 1. */
  line: number;
  /** Such as `limits.max_minutes` or `script.tasks[0].slots[1].kind`; `''` where the mistake is not in a field. */
  field: string;
  message: string;
};

/** `agents/sales.md:12 limits.max_minutes: must be at most 240, it is 999` */
export function describeProblem({ file, line, field, message }: AgentProblem): string {
  return `${file}:${line} ${field === '' ? message : `${field}: ${message}`}`;
}

/** What is wrong with the file of this agent, in a sentence or more; undefined: nothing. */
export function problemOfAgent(problems: readonly AgentProblem[], name: string): string | undefined {
  const own = problems.filter(({ file }) => basename(file, '.md') === name);
  return own.length > 0 ? own.map(describeProblem).join('\n') : undefined;
}
