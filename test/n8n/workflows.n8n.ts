import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberOf, type Program, type Rig, startRig } from '../dispatch/rig.ts';
import { livekit } from '../setup/servers.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../fakes/webhook-receiver.ts';
import { openOrderDesk } from './order-desk.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { prepareN8n, type RealN8n } from './real-n8n.ts';

const folder = new URL('../../integrations/n8n/workflows/', import.meta.url);
const ids = {
  quiz: 'parleyQuizCall01',
  missed: 'parleyMissed0001',
  plain: 'parleyPlain00001',
  hasty: 'parleyHasty00001',
  slow: 'parleySlowTool01',
  result: 'parleyResult0001',
};

let rig: Rig;
let serve: Program;
let crm: WebhookReceiver;
let proxy: Awaited<ReturnType<typeof startLossyProxy>>;
let n8n: RealN8n;
let desk: Awaited<ReturnType<typeof openOrderDesk>>;

/** Places and agents of the test instead of those of the examples; nothing else of a workflow is changed. */
function adapted(file: string): unknown {
  const text = readFileSync(new URL(file, folder), 'utf8')
    .replaceAll('https://crm.example.com', crm.url)
    .replaceAll('https://parley.example.com', proxy.url)
    .replaceAll("agent: 'survey'", "agent: 'notice'")
    .replaceAll('"agent": "survey"', '"agent": "notice"');
  return JSON.parse(text);
}

/** The first workflow, with little patience. */
function hasty(): unknown {
  const text = JSON.stringify(adapted('quiz-to-call.json'));
  return JSON.parse(
    text
      .replace(ids.quiz, ids.hasty)
      .replace('"quiz-answer"', '"quiz-hasty"')
      .replace('"waitHours":24', '"waitHours":0.001'),
  );
}

beforeAll(async () => {
  n8n = await prepareN8n();
  desk = await openOrderDesk(n8n.url);
  rig = await startRig({ PARLEY_WEBHOOK_ALLOW_PRIVATE: '1', ...desk.settings });
  [serve] = await Promise.all([rig.startServe(), rig.startWorker()]);
  crm = await startWebhookReceiver();
  proxy = await startLossyProxy(rig.api);
  const credentials = [
    { id: 'parley', name: 'Parley', type: 'parleyApi', data: { baseUrl: `${proxy.url}/`, apiKey: rig.key } },
    {
      id: 'parley-header',
      name: 'Parley API key',
      type: 'httpHeaderAuth',
      data: { name: 'X-API-Key', value: rig.key },
    },
  ];
  n8n.cli('import:credentials', `--input=${n8n.file('credentials.json', credentials)}`);
  const workflows = [...readdirSync(folder).map(adapted), hasty()];
  n8n.cli('import:workflow', `--input=${n8n.file('workflows.json', workflows)}`);
  for (const id of Object.values(ids)) n8n.cli('publish:workflow', `--id=${id}`);
  await n8n.start();
}, 240_000);
afterAll(async () => {
  await n8n?.close();
  await proxy?.close();
  await crm?.close();
  await rig?.close();
  await desk?.close();
}, 60_000);

let count = 900;
const nextNumber = () => numberOf((count += 1));

/** Starts a workflow, once n8n has made it active. */
async function ask(workflow: string, body: unknown): Promise<void> {
  const post = () =>
    fetch(`${n8n.url}/webhook/${workflow}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  await expect.poll(async () => (await post()).status, { timeout: 60_000, interval: 500 }).toBe(200);
}

/** The call to a number, once it is there. */
async function callTo(number: string): Promise<string> {
  for (let waited = 0; ; waited += 50) {
    const [row] = await rig.query<{ id: string }>('SELECT id FROM parley.calls WHERE phone_number = $1', [number]);
    if (row) return row.id;
    if (waited > 30_000) throw new Error(`Nobody called ${number}.\n${n8n.log()}\n${rig.logs()}`);
    await sleep(50);
  }
}

/** What the CRM was told of a call. */
const told = (callId: string) =>
  crm.received
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    .filter(({ call_id }) => call_id === callId);

async function expectOutcome(callId: string, number: string, seconds: number) {
  await expect.poll(() => told(callId).length, { timeout: seconds * 1000, interval: 200 }).toBe(1);
  expect(told(callId)[0]).toMatchObject({ call_id: callId, outcome: 'completed' });
  expect(rig.dialsTo(number)).toHaveLength(1);
}

const quiz = (phone: string) => ({
  email: `${phone.slice(1)}@example.com`,
  name: 'Ada',
  phone,
  answers: { interest: 'buy' },
});

describe('a workflow that places a call and waits', () => {
  test('sleeps until the call has ended, and gets its report', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 3_000 });
    await ask('quiz-answer', quiz(number));
    const id = await callTo(number);
    await expectOutcome(id, number, 60);
    const [lead] = await rig.query<{ email: string }>('SELECT email FROM parley.leads WHERE phone_number = $1', [
      number,
    ]);
    expect(lead).toEqual({ email: `${number.slice(1)}@example.com` });
    expect((told(id)[0]!['transcript'] as unknown[]).length).toBeGreaterThan(0);
  });

  test('rings once when n8n loses the answers and tries the node again', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 8_000 });
    const before = proxy.lost();
    proxy.lose(3);
    await ask('quiz-answer', quiz(number));
    const id = await callTo(number);
    await expectOutcome(id, number, 90);
    expect(proxy.lost() - before).toBe(3);
    expect(await rig.query('SELECT id FROM parley.calls WHERE phone_number = $1', [number])).toHaveLength(1);
  });

  test('gets the result also when Parley was killed and started again during the call', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 4_000 });
    await ask('quiz-answer', quiz(number));
    const id = await callTo(number);
    await rig.until(id, 'in_progress');
    await serve.kill();
    await rig.until(id, 'ended');
    serve = await rig.startServe();
    await expectOutcome(id, number, 90);
  });

  test('gets the result later when n8n was away as the call ended', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 4_000 });
    await ask('quiz-answer', quiz(number));
    const id = await callTo(number);
    await rig.until(id, 'in_progress');
    await n8n.stop();
    await rig.until(id, 'ended');
    expect(told(id)).toEqual([]);
    await n8n.start();
    await expectOutcome(id, number, 120);
  });

  test('goes on without the result when it has waited long enough, and knows the call', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300 });
    await ask('quiz-hasty', quiz(number));
    const id = await callTo(number);
    await expect
      .poll(() => told(id), { timeout: 100_000, interval: 200 })
      .toMatchObject([{ outcome: 'not known yet' }]);
    expect(await rig.state(id)).toBe('in_progress');
    await rig.send('POST', `/api/calls/${id}/hang-up`);
    await rig.until(id, 'ended');
  });

  test('does the same without the package, with HTTP Request and Wait', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 3_000 });
    proxy.lose(1);
    await ask('plain-call', { phone: number, name: 'Ada' });
    const id = await callTo(number);
    await expectOutcome(id, number, 90);
  });
});

describe('a workflow as a tool of an agent', () => {
  test('answers later, into the call, and the result of the call comes to the CRM', async () => {
    const from = nextNumber();
    const { url, apiKey, apiSecret } = livekit();
    const room = `call-_${from}_${Date.now()}`;
    const phone = await rig.sip.callIn({ from, to: '+14155550100', room, ruleId: 'SDR_x', trunkId: 'ST_in' });
    await new AgentDispatchClient(url, apiKey, apiSecret).createDispatch(room, rig.agentName, {
      metadata: JSON.stringify({ agent: 'orders', tenantId: 'default' }),
    });
    await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
    const id = await callTo(from);
    for (const key of ['4', '2', '#']) await phone.room.localParticipant!.publishDtmf('0123456789*#'.indexOf(key), key);
    const turns = async () => (await rig.send('GET', `/api/calls/${id}`)).body.turns as { text: string }[];
    const said = async () => (await turns()).map(({ text }) => text);
    await expect.poll(said, { timeout: 60_000, interval: 200 }).toContain('Your order is on its way.');
    expect(await said()).toContain('I will tell you in a moment.');
    await phone.hangUp();
    await rig.until(id, 'ended');
    const { body } = await rig.send('GET', `/api/calls/${id}/tool-runs`);
    expect(body.tool_runs).toMatchObject([
      { tool: 'order-status', arguments: { number: '42' }, state: 'done', answer: { state: 'on its way' } },
    ]);
    await expect
      .poll(() => told(id), { timeout: 90_000, interval: 200 })
      .toContainEqual({ call_id: id, values: { number: '42' }, summary: 'Asked for order 42.', success: null });
  });
});

describe('the trigger', () => {
  test('registers its address, starts the workflow for what Parley signed, and refuses what is forged', async () => {
    const { body } = await rig.send('GET', '/api/webhooks');
    const webhooks = body.webhooks as { url: string; events: string[] }[];
    expect(new Set(webhooks.map(({ events }) => events.join()))).toEqual(new Set(['call.analyzed', 'call.ended']));
    const webhook = webhooks.find(({ events }) => events.includes('call.ended'));
    expect(webhook!.url.startsWith(`${n8n.url}/webhook/`)).toBe(true);

    const number = nextNumber();
    const forged = await fetch(webhook!.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'webhook-id': 'msg_forged',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': `v1,${Buffer.alloc(32, 7).toString('base64')}`,
      },
      body: JSON.stringify({
        type: 'call.ended',
        call_id: 'call_x',
        data: { direction: 'inbound', phone_number: number },
      }),
    });
    expect(forged.status).toBe(401);
    expect(await forged.json()).toEqual({ error: 'The signature does not fit.' });

    // The events of the calls above were taken: each delivery is settled, none was refused.
    const sent = await rig.send('GET', '/api/webhooks/deliveries?status=delivered');
    expect(sent.body.deliveries.length).toBeGreaterThan(0);
    expect(await rig.query('SELECT id FROM parley.calls WHERE phone_number = $1', [number])).toEqual([]);
  });

  test('removes its address when the workflow is deactivated', async () => {
    const left = async () => (await rig.send('GET', '/api/webhooks')).body.webhooks as unknown[];
    await expect.poll(left, { timeout: 60_000, interval: 500 }).toHaveLength(2);
    await n8n.deactivate(ids.missed);
    // n8n takes it down after it has answered.
    await expect.poll(left, { timeout: 60_000, interval: 500 }).toMatchObject([{ events: ['call.analyzed'] }]);
  });
});
