/** What came of a tool, as the transcript tells it. Tools that only ever succeed or fail tell no more than that. */
export type ToolResult = {
  outcome: 'done' | 'refused' | 'failed' | 'unknown' | 'waiting';
  /** What its server said: JSON, or a text. */
  answer?: unknown;
};

const outcomes: ReadonlySet<unknown> = new Set<ToolResult['outcome']>([
  'done',
  'refused',
  'failed',
  'unknown',
  'waiting',
]);

export const isToolOutcome = (outcome: unknown): outcome is ToolResult['outcome'] => outcomes.has(outcome);

/** Reads the output of a tool in a transcript. */
export function readToolResult(output: string, isError: boolean): ToolResult {
  const plain = { outcome: isError ? ('failed' as const) : ('done' as const) };
  if (!output.startsWith('{')) return plain;
  try {
    const { outcome, answer } = JSON.parse(output) as { outcome?: unknown; answer?: unknown };
    return isToolOutcome(outcome) ? { outcome, answer } : plain;
  } catch {
    return plain;
  }
}

/** Whether a placeholder stands for something that a tool answered. */
export function isOfAnswer(name: string): boolean {
  return name === 'answer' || name.startsWith('answer.');
}

/** The part of an answer that `answer.slots.0` names, as it is spoken. Nothing where there is no such part. */
export function spokenAnswer(answer: unknown, name: string): string {
  // A text is all that there is of an answer that is none.
  const part = typeof answer === 'string' ? answer : at(answer, name);
  if (Array.isArray(part)) return part.map((each) => spokenAnswer(each, 'answer')).join(', ');
  if (typeof part === 'boolean') return part ? 'yes' : 'no';
  return typeof part === 'string' || typeof part === 'number' ? String(part) : '';
}

function at(answer: unknown, name: string): unknown {
  return name
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      answer,
    );
}
