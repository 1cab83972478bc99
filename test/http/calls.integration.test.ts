import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCall, otherTenantId } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('calls', () => {
  test('are told with transcript, costs, latencies per stage and how they ended', async () => {
    const { id } = await endedCall(api);
    const { body } = await api.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({
      status: 'ended',
      outcome: 'completed',
      end_reason: 'agent_goodbye',
      fault: 'nobody',
      hung_up_by: 'agent',
      cost_usd: '0.0042',
      turns: [
        { index: 0, role: 'agent', text: 'Hello.', started_ms: 0, ended_ms: 900, interrupted: false },
        { index: 1, role: 'caller', text: 'Hi, this is Ada.' },
        { index: 2, role: 'agent', latency: { llm_first_token_ms: 200, total_ms: 700 } },
      ],
      costs: [{ component: 'llm', provider: 'openrouter-llm', usd: '0.0042', source: 'provider' }],
      latency: { total_ms: { n: 1, min: 700, p50: 700, p90: 700, p95: 700, max: 700 } },
    });
    const text = await api.send('GET', `/api/calls/${id}/transcript`, { headers: { Accept: 'text/plain' } });
    expect(text.body).toBe('agent: Hello.\ncaller: Hi, this is Ada.\nagent: How can I help?\n');
    const json = await api.send('GET', `/api/calls/${id}/transcript`);
    expect(json.body.turns).toHaveLength(3);
  });

  test('are listed newest first, by filter and page by page', async () => {
    const ids = [];
    for (const phoneNumber of ['+15550000001', '+15550000001', '+15550000002'])
      ids.push((await api.deps.calls.insertCall(aCall({ phoneNumber, agent: 'survey' }), { type: 'call.queued' })).id);
    const number = await api.send('GET', '/api/calls?agent=survey&status=queued&phone_number=%2B15550000001');
    expect(number.body.calls.map((call: { call_id: string }) => call.call_id)).toEqual([ids[1], ids[0]]);
    const first = await api.send('GET', '/api/calls?agent=survey&limit=2');
    expect(first.body.calls.map((call: { call_id: string }) => call.call_id)).toEqual([ids[2], ids[1]]);
    const second = await api.send('GET', `/api/calls?agent=survey&limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ calls: [{ call_id: ids[0] }], next_cursor: null });
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=many', 'limit'],
    ['status=asleep', 'status.0'],
    ['created_after=yesterday', 'created_after'],
  ])('refuses the query %s and names its field', async (query, field) => {
    expect(await api.send('GET', `/api/calls?${query}`)).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', field },
    });
  });

  test('refuse a cursor that was not given out', async () => {
    expect(await api.send('GET', '/api/calls?cursor=forged')).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor', field: 'cursor' },
    });
  });

  test('refuse a filter that does not exist', async () => {
    const { status, body } = await api.send('GET', '/api/calls?agnet=survey');
    expect({ status, detail: body.detail }).toMatchObject({ status: 422, detail: /Unknown field agnet/ });
  });
});

describe('DELETE of a call', () => {
  test('cancels one that waits, with one end', async () => {
    const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
    expect(await api.send('DELETE', `/api/calls/${id}`)).toMatchObject({ status: 200, body: { done: 'canceled' } });
    const { body } = await api.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({ status: 'ended', outcome: 'canceled', end_reason: 'canceled_before_answer' });
  });

  test('refuses while somebody is on the line', async () => {
    const { id } = await api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
    const refused = await api.send('DELETE', `/api/calls/${id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'call_in_progress', detail: /hang-up/ } });
  });

  test('erases who and what of an ended call, and keeps the numbers', async () => {
    const { id } = await endedCall(api);
    expect(await api.send('DELETE', `/api/calls/${id}`)).toMatchObject({ status: 200, body: { done: 'erased' } });
    expect(await api.send('DELETE', `/api/calls/${id}`)).toMatchObject({ status: 200, body: { done: 'erased' } });
    const { body } = await api.send('GET', `/api/calls/${id}`);
    expect(JSON.stringify(body)).not.toMatch(/Ada|15551239999|secret/);
    expect(body).toMatchObject({ status: 'ended', outcome: 'completed', cost_usd: '0.0042', phone_number: null });
  });
});

test('a call of another tenant looks as if it never was', async () => {
  const { id } = await api.deps.calls.insertCall(aCall({ tenantId: otherTenantId }), { type: 'call.queued' });
  expect(await api.send('GET', `/api/calls/${id}`)).toMatchObject({ status: 404, body: { code: 'call_not_found' } });
  expect((await api.send('GET', `/api/calls/${id}`, { key: api.otherKey })).status).toBe(200);
});
