import { createHash } from 'node:crypto';

/** What was asked for, as an `Idempotency-Key` remembers it: SHA-256 over method, path and body. */
export function requestHash({ method, path }: { method: string; path: string }, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex');
}
