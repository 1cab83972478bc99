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

test('a call and its audit row are written together, once', async () => {
  const key = { 'Idempotency-Key': 'audited' };
  const order = { to: '+14155551234', agent: 'receptionist' };
  const { body, headers } = await api.send('POST', '/api/dispatch', { body: order, headers: key });
  const { rows } = await api.database.pool.query(
    `SELECT action, target, request_id, status, a.xmin::text = c.xmin::text AS together
      FROM parley.audit_log a JOIN parley.calls c ON c.id = a.target WHERE target = $1`,
    [body.call_id],
  );
  const requestId = headers.get('x-request-id');
  expect(rows).toEqual([
    { action: 'POST /api/dispatch', target: body.call_id, request_id: requestId, status: 202, together: true },
  ]);
});
