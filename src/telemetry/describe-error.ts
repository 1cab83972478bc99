/** Fields that say where something failed; others may hold values of a statement or of a request. */
const told = ['code', 'constraint', 'table', 'routine', 'statement', 'syscall', 'status'] as const;

type Described = { type: string; message: string; stack: string; cause?: Described } & Record<string, unknown>;

const deepest = 4;

/**
 * An error as the log may hold it. What the driver of a database adds to its errors, and their texts about values, hold
 * numbers and names of people, and are left out.
 */
export function describeError(error: Error, depth = 0): Described {
  const message = withoutValues(error);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const fields = told.flatMap((name) => {
    const value = (error as unknown as Record<string, unknown>)[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
  });
  return {
    type: error.name,
    message,
    stack: [`${error.name}: ${message}`, ...frames].join('\n'),
    ...Object.fromEntries(fields),
    ...(error.cause instanceof Error && depth < deepest && { cause: describeError(error.cause, depth + 1) }),
  };
}

function withoutValues(error: Error): string {
  // Of Drizzle: its text ends in the values of the statement.
  if ('query' in error && 'params' in error) return 'A statement failed.';
  const state = 'severity' in error && 'code' in error ? String(error.code) : '';
  // Class 22, data exceptions, and P0001, raised by a function: their texts quote the value.
  if (/^(?:22|P0)/.test(state)) return `PostgreSQL refused a value (${state}).`;
  return error.message;
}
