import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** A rule notices a defect by throwing, or by never coming to an end. */
export async function expectNoticed(check: Promise<void>): Promise<void> {
  const outcome = await Promise.race([
    check.then(
      () => 'unnoticed',
      () => 'noticed',
    ),
    sleep(6_000, 'noticed: it never ended', { ref: false }),
  ]);
  expect(outcome).toMatch(/^noticed/);
}

/** What a leaking provider holds on to, so that it outlives its stream. */
export const kept: unknown[] = [];

/** A signal that never tells anything. */
export const deaf = new AbortController().signal;
