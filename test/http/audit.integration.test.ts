import { afterAll, beforeAll, expect, test } from 'vitest';
import { aCall } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

test('every change leaves an audit row, and reading leaves none', async () => {
  const { body: lead } = await api.send('POST', '/api/leads', { body: { email: 'audit@example.com' } });
  const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  const canceled = await api.send('DELETE', `/api/calls/${id}`);
  await api.send('GET', `/api/calls/${id}`);
  const { rows } = await api.database.pool.query(
    'SELECT action, target, request_id, status FROM parley.audit_log WHERE target = ANY($1) ORDER BY id',
    [[lead.lead_id, id]],
  );
  expect(rows).toMatchObject([
    { action: 'POST /api/leads', target: lead.lead_id, status: 201 },
    { action: 'DELETE /api/calls/{id}', target: id, status: 200, request_id: canceled.headers.get('x-request-id') },
  ]);
});
