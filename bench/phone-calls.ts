import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mark } from './statements.ts';
import type { Phones } from './systems/phones.ts';

const longestMs = 120_000;

/** Dispatches one call and waits for its end. */
export async function phoneCall(phones: Phones, to: string): Promise<void> {
  const response = await fetch(`${phones.api}/api/dispatch`, {
    method: 'POST',
    headers: { 'X-API-Key': phones.key, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ to, agent: 'bench' }),
  });
  const { call_id: id } = (await response.json()) as { call_id: string };
  await untilEnded(phones, [id]);
}

/** Waits until the calls have ended, or for two minutes. Answers those that have. */
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
