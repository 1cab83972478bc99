import { randomUUID } from 'node:crypto';
import type { LoadRequest } from './load.ts';

/** Numbers that exist nowhere, and that nobody was called at yet. */
export function phoneNumbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `+1415${5550000 + index}`);
}

/** One dispatch per number, as an automation would post it. */
export function dispatches(key: string, numbers: string[], more: Record<string, unknown> = {}): LoadRequest[] {
  return numbers.map((to, index) => ({
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ to, agent: 'bench', metadata: { order: index }, ...more }),
  }));
}
