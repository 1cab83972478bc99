import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mark } from './statements.ts';
import type { Phones } from './systems/phones.ts';

const longestMs = 300_000;

/** Dispatches calls at once and waits for their ends. */
export async function phoneCalls(phones: Phones, numbers: string[]): Promise<void> {
  await untilEnded(phones, await Promise.all(numbers.map((number) => dispatchOne(phones, number))));
}

/** Has a campaign call the numbers, all at once, and waits for its end. */
export async function campaignCalls(phones: Phones, numbers: string[]): Promise<void> {
  const post = async (path: string, body?: object) => {
    const response = await fetch(`${phones.api}/api/campaigns${path}`, {
      method: 'POST',
      headers: { 'X-API-Key': phones.key, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { campaign_id: string };
    if (!response.ok) throw new Error(`The campaign was refused: ${JSON.stringify(answer)}`);
    return answer.campaign_id;
  };
  const recipients = numbers.map((to) => ({ to }));
  const id = await post('', { name: 'bench', agent: 'bench', recipients, pacing: { max_calls: numbers.length } });
  await post(`/${id}/start`);
  const deadlineMs = performance.now() + longestMs;
  for (let state = ''; state !== 'completed'; await delay(200)) {
    if (performance.now() > deadlineMs) throw new Error(`The campaign is ${state} after five minutes.`);
    const [row] = await phones.query<{ state: string }>(`SELECT ${mark} state FROM parley.campaigns WHERE id = $1`, [
      id,
    ]);
    state = row?.state ?? '';
  }
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
