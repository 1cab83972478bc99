import { DatabaseError } from 'pg';
import { StoreError } from '../../calls/errors.ts';

/** SQLSTATE `unique_violation`. */
const uniqueViolation = '23505';

/** Whether PostgreSQL refused a row because another one has its value under this unique constraint. */
export function isViolationOf(constraint: string, error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause)
    if ((current instanceof DatabaseError || current instanceof StoreError) && current.code === uniqueViolation)
      return current.constraint === constraint;
  return false;
}
