import { Client, type QueryConfig } from 'pg';

const usesBefore = 3;
const mostStatements = 200;

/**
 * A client that gives a name to each statement its program sends again and again, so that PostgreSQL parses and plans it once per
 * connection instead of every time. Statements whose text differs each time stay without one.
 */
export function preparingClient(): typeof Client {
  const statements = new Map<string, { name: string; uses: number }>();

  const nameOf = (text: string): string | undefined => {
    const known = statements.get(text);
    if (known) return (known.uses += 1) > usesBefore ? known.name : undefined;
    if (statements.size < mostStatements) statements.set(text, { name: `parley_${statements.size}`, uses: 1 });
    return undefined;
  };

  return class PreparingClient extends Client {
    // The overloads of pg all come down to this: a statement, perhaps its values, perhaps a callback.
    override query(statement: unknown, ...more: unknown[]): never {
      const name = isPlain(statement) ? nameOf(statement.text) : undefined;
      const sent = name === undefined ? statement : { ...(statement as QueryConfig), name };
      return super.query(sent as never, ...(more as []));
    }
  };
}

/** Neither bare text nor an object that sends itself, and without a name of its own. */
function isPlain(statement: unknown): statement is QueryConfig {
  return (
    typeof statement === 'object' &&
    statement !== null &&
    'text' in statement &&
    !('submit' in statement) &&
    !(statement as QueryConfig).name
  );
}
