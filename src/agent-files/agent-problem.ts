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
