import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultSchema } from '../../src/agent-files/result.ts';
import { aCall, otherTenantId, tenantId } from '../store/open-store.ts';
import { anAgent } from '../worker/an-agent.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
const agents = [
  anAgent({ name: 'analyst', result: resultSchema.parse({ summary: true }) }),
  anAgent({ name: 'receptionist' }),
];
beforeAll(async () => {
  const get = (name: string) => agents.find((agent) => agent.name === name);
  api = await openApi({ agents: { get, list: () => agents } });
});
afterAll(() => api.close());

async function callOf(agent: string, { ended }: { ended: boolean }) {
  const { id } = await api.deps.calls.insertCall(
    aCall({ tenantId, agent, state: 'in_progress', answeredAt: new Date() }),
    { type: 'call.answered' },
  );
  if (ended)
    await api.deps.calls.transition({
      callId: id,
      to: 'ended',
      patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
      event: { type: 'call.ended' },
    });
  return id;
}
const jobs = async (id: string) =>
  (await api.database.pool.query('SELECT 1 FROM graphile_worker.jobs WHERE key = $1', [`analyze:${id}`])).rowCount;

test('an ended call is looked at again, once however often it is asked for', async () => {
  const id = await callOf('analyst', { ended: true });
  const { status, body } = await api.send('POST', `/api/calls/${id}/analyze`);
  expect([status, body]).toEqual([202, { call_id: id, status: 'queued' }]);
  await api.send('POST', `/api/calls/${id}/analyze`);
  expect(await jobs(id)).toBe(1);
});

test.each([
  ['of an agent that asks for nothing', 'receptionist', true, 'result_not_configured'],
  ['that goes on', 'analyst', false, 'call_in_progress'],
])('a call %s is refused', async (_, agent, ended, code) => {
  const id = await callOf(agent, { ended });
  const { status, body } = await api.send('POST', `/api/calls/${id}/analyze`);
  expect([status, body.code]).toEqual([409, code]);
  expect(await jobs(id)).toBe(0);
});

test('a call of another tenant is none', async () => {
  const { id } = await api.deps.calls.insertCall(aCall({ tenantId: otherTenantId }), { type: 'call.queued' });
  const { status } = await api.send('POST', `/api/calls/${id}/analyze`);
  expect(status).toBe(404);
});

test('the result stands in the call and in its report', async () => {
  const id = await callOf('analyst', { ended: true });
  expect((await api.send('GET', `/api/calls/${id}`)).body.result).toBeNull();
  const result = {
    status: 'done',
    by: 'model',
    provider: 'openrouter-llm',
    model: 'm',
    agent_version: 'v1',
    analyzed_at: new Date().toISOString(),
    fields: { day: { type: 'text', said: true, value: 'Monday', turn: 1, quote: 'Monday.' } },
    values: { day: 'Monday' },
    summary: 'They come on Monday.',
    success: null,
    success_reason: null,
    sentiment: null,
    refused: [],
    error: null,
  };
  await api.deps.calls.record(id, { report: { result } });
  const { body } = await api.send('GET', `/api/calls/${id}`);
  expect(body.result).toEqual(result);
  expect(body.report.result).toEqual(result);
  await api.deps.calls.eraseCall(id, tenantId);
  expect((await api.send('GET', `/api/calls/${id}`)).body.result).toBeNull();
});
