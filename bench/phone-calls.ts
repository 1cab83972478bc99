import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mark } from './statements.ts';
import type { Phones } from './systems/phones.ts';

const longestMs = 300_000;

/** Dispatches calls at once and waits for their ends. */
export async function phoneCalls(phones: Phones, numbers: string[]): Promise<void> {
  await untilEnded(phones, await Promise.all(numbers.map((number) => dispatchOne(phones, number))));
}

async function dispatchOne(phones: Phones, to: string): Promise<string> {
  const response = await fetch(`${phones.api}/api/dispatch`, {
    method: 'POST',
    headers: { 'X-API-Key': phones.key, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ to, agent: 'bench' }),
  });
  return ((await response.json()) as { call_id: string }).call_id;
}

/** Waits until the calls have ended, or for five minutes. Answers those that have. */
export async function untilEnded(phones: Phones, ids: string[]): Promise<string[]> {
  const deadlineMs = performance.now() + longestMs;
  for (;;) {
    const ended = await phones.query<{ id: string }>(
      `SELECT ${mark} id FROM parley.calls WHERE id = ANY($1) AND state = 'ended'`,
      [ids],
    );
    if (ended.length === ids.length || performance.now() > deadlineMs) return ended.map(({ id }) => id);
    await delay(200);
  }
}
