import { DatabaseError } from 'pg';
import { StoreError } from '../../calls/errors.ts';

/** SQLSTATEs after which the same statement may succeed a moment later: the server is starting, stopping or full. */
const passingStates = new Set(['57P01', '57P02', '57P03', '53300', '40001', '40P01']);
/** A name may be unknown, and a network away, until what bears it has started. */
const passingSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);
/** pg gives a lost connection no code. */
const passingMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** The SQLSTATE of the error, if PostgreSQL gave it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause)
    if ((current instanceof DatabaseError || current instanceof StoreError) && current.code) return current.code;
  return undefined;
}

/** Whether the error means that PostgreSQL was away rather than that the statement was wrong. */
export function isConnectionError(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current ? String(current.code) : '';
    if (passingStates.has(code) || passingSystemCodes.has(code) || code.startsWith('08')) return true;
    if (passingMessages.test(current.message)) return true;
    if (current instanceof AggregateError && current.errors.some(isConnectionError)) return true;
  }
  return false;
}
