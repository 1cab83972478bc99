import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otherTenantId, tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';
import { openMcp } from './open-mcp.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ operatorTenantId: tenantId });
});
afterAll(() => api.close());

let last = 0;
const aNumber = () => `+1415555${String((last += 1)).padStart(4, '0')}`;
const add = (body: object, options = {}) => api.send('POST', '/api/do-not-call', { body, ...options });
const dispatch = (to: string, options = {}) =>
  api.send('POST', '/api/dispatch', { body: { to, agent: 'receptionist' }, ...options });

describe('the do-not-call list', () => {
  test('takes a number in any spelling, once, and no call to it is accepted from then on', async () => {
    const to = aNumber();
    const added = await add({
      phone_number: `${to.slice(0, 2)} (${to.slice(2, 5)}) ${to.slice(5)}`,
      reason: 'shouted',
    });
    expect(added).toMatchObject({
      status: 201,
      body: { phone_number: to, reason: 'shouted', source: 'api', list: 'tenant', call_id: null },
    });
    expect(await add({ phone_number: to, reason: 'again' })).toMatchObject({
      status: 200,
      body: { do_not_call_id: added.body.do_not_call_id, reason: 'shouted' },
    });
    expect(await dispatch(to)).toMatchObject({ status: 422, body: { code: 'blocked', rule: 'do_not_call' } });
    expect((await dispatch(to, { key: api.otherKey })).status).toBe(202);
    const asked = await api.send('GET', `/api/do-not-call?phone_number=${encodeURIComponent(to)}`);
    expect(asked.body.entries).toHaveLength(1);
    expect((await api.send('DELETE', `/api/do-not-call/${encodeURIComponent(to)}`)).status).toBe(204);
    expect((await dispatch(to)).status).toBe(202);
    expect(await api.send('DELETE', `/api/do-not-call/${encodeURIComponent(to)}`)).toMatchObject({
      status: 404,
      body: { code: 'number_not_listed' },
    });
  });

  test('of the operator holds for every tenant, and only the operator changes it', async () => {
    const to = aNumber();
    expect(await add({ phone_number: to, list: 'operator' }, { key: api.otherKey })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    });
    const weak = await api.keyOf(tenantId, ['leads:read', 'leads:write']);
    expect((await add({ phone_number: to, list: 'operator' }, { key: weak })).status).toBe(403);
    expect((await add({ phone_number: to, list: 'operator' })).status).toBe(201);
    for (const key of [api.key, api.otherKey])
      expect((await dispatch(to, { key })).body).toMatchObject({ rule: 'do_not_call' });
    const seen = await api.send('GET', `/api/do-not-call?phone_number=${encodeURIComponent(to)}`, {
      key: api.otherKey,
    });
    expect(seen.body.entries).toMatchObject([{ list: 'operator' }]);
    expect((await api.send('GET', '/api/do-not-call', { key: api.otherKey })).body.entries).toEqual([]);
    expect((await api.send('GET', '/api/do-not-call?list=operator', { key: api.otherKey })).status).toBe(403);
  });

  test('goes in and out as CSV, and says what is wrong with which line', async () => {
    const [one, two] = [aNumber(), aNumber()];
    const csv = `\uFEFFPhone_Number,reason\n${one},"said ""never"", twice"\nnonsense,\n${two},\n${one},\n`;
    const headers = { 'Content-Type': 'text/csv' };
    expect(await api.send('POST', '/api/do-not-call/import', { body: csv, headers, key: api.otherKey })).toMatchObject({
      status: 200,
      body: { created: 2, known: 1, rejected: [{ line: 3 }] },
    });
    const out = await api.send('GET', '/api/do-not-call/export', { key: api.otherKey });
    expect(out.headers.get('content-type')).toMatch(/^text\/csv/);
    const lines = (out.body as string).trim().split('\n');
    expect(lines[0]).toBe('phone_number,reason,source,call_id,created_at');
    expect(lines).toHaveLength(3);
    expect(out.body).toContain(`${one},"said ""never"", twice",csv,,`);
    expect((await dispatch(two, { key: api.otherKey })).body).toMatchObject({ rule: 'do_not_call' });
    const wrong = await api.send('POST', '/api/do-not-call/import', { body: 'email\na@b.c\n', headers });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid_request', field: 'phone_number' } });
  });

  test('is paged', async () => {
    const key = await api.keyOf(otherTenantId);
    for (let count = 0; count < 3; count += 1) await add({ phone_number: aNumber() }, { key });
    const first = await api.send('GET', '/api/do-not-call?limit=2', { key });
    const rest = await api.send('GET', `/api/do-not-call?limit=200&cursor=${first.body.next_cursor}`, { key });
    const ids = [...first.body.entries, ...rest.body.entries].map((entry) => entry.do_not_call_id as string);
    expect(new Set(ids).size).toBe(ids.length);
    expect(rest.body.next_cursor).toBeNull();
  });

  test('is read and written with the scopes of leads, and each change is in the audit log', async () => {
    const key = await api.keyOf(tenantId, ['calls:read', 'calls:write']);
    expect((await add({ phone_number: aNumber() }, { key })).status).toBe(403);
    expect((await api.send('GET', '/api/do-not-call', { key })).status).toBe(403);
    const { body } = await add({ phone_number: aNumber() });
    const { rows } = await api.database.pool.query('SELECT action FROM parley.audit_log WHERE target = $1', [
      body.do_not_call_id,
    ]);
    expect(rows).toEqual([{ action: 'POST /api/do-not-call' }]);
  });

  test.each(['', 'hello', '+1', '+999999999999999'])('refuses %j', async (phone_number) => {
    expect((await add({ phone_number })).status).toBe(422);
  });
});

test('an assistant puts a number on the list', async () => {
  const mcp = await openMcp();
  try {
    const to = aNumber();
    const { told } = await mcp.call('do_not_call', { phone_number: to, reason: 'asked' });
    expect(told).toEqual({ phone_number: to, reason: 'asked', created: true });
    expect(await mcp.refused('place_call', { to, agent: 'receptionist' })).toMatchObject({ rule: 'do_not_call' });
  } finally {
    await mcp.close();
  }
});
