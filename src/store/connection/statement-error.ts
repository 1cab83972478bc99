import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseError } from 'pg';
import { StoreError } from '../../calls/errors.ts';
import { isConnectionError } from './connection-error.ts';

const longestStatement = 300;
/**
 * SQLSTATEs that are no defect of the statement: no disk, memory or connection left (class 53), a standby that takes no writes, a
 * statement or a wait for a lock that took too long, a disk that fails.
 */
const passing = /^(?:53...|25006|57014|57P0[1-5]|55P03|25P0[34]|58030|40001|40P01)$/;

/**
 * A failed statement as the rest of the program and its log may see it. What PostgreSQL and the driver tell holds the values of
 * the statement, and so numbers and names: of it only the SQLSTATE, the constraint and the text with its `$1` go on.
 */
export function statementError(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const refusal = causeOf(error, (each) => each instanceof DatabaseError);
  const query = causeOf(error, (each) => each instanceof DrizzleQueryError);
  const away = isConnectionError(error);
  if (!refusal && !query && !away) return error;
  const code = refusal?.code ?? causeOf(error, hasCode)?.code ?? 'unknown';
  return new StoreError(`A statement failed (${code}).`, {
    code,
    passing: away || passing.test(code),
    ...(refusal?.constraint !== undefined && { constraint: refusal.constraint }),
    ...(query && { statement: query.query.slice(0, longestStatement) }),
  });
}

function causeOf<E extends Error>(error: unknown, is: (error: Error) => error is E): E | undefined {
  for (let current = error; current instanceof Error; current = current.cause) if (is(current)) return current;
  return undefined;
}

function hasCode(error: Error): error is Error & { code: string } {
  return 'code' in error && typeof error.code === 'string';
}
