import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('keys', () => {
  test('are taken from X-API-Key and from Authorization: Bearer', async () => {
    expect((await api.send('GET', '/api/calls')).status).toBe(200);
    const bearer = { key: null, headers: { Authorization: `Bearer ${api.key}` } };
    expect((await api.send('GET', '/api/calls', bearer)).status).toBe(200);
  });

  test.each([
    ['none', {}],
    ['an unknown one', { 'X-API-Key': 'parley_unknown' }],
    ['another scheme', { Authorization: 'Basic eDp5' }],
  ])('refuses %s with 401 and says how to send one', async (_, headers) => {
    const { status, body, headers: answered } = await api.send('GET', '/api/calls', { key: null, headers });
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'unauthenticated', status: 401, type: '/docs#unauthenticated' });
    expect(answered.get('content-type')).toBe('application/problem+json');
    expect(answered.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('are told once, listed without their secret, and refused at once when revoked', async () => {
    const made = await api.send('POST', '/api/keys', { body: { name: 'n8n', scopes: ['calls:read'] } });
    expect(made.status).toBe(201);
    expect((await api.send('GET', '/api/calls', { key: made.body.key })).status).toBe(200);
    const listed = await api.send('GET', '/api/keys');
    expect(JSON.stringify(listed.body)).toContain(made.body.key_id);
    expect(JSON.stringify(listed.body)).not.toContain(made.body.key);
    expect((await api.send('DELETE', `/api/keys/${made.body.key_id}`)).body.revoked_at).not.toBeNull();
    const refused = await api.send('GET', '/api/calls', { key: made.body.key });
    expect(refused).toMatchObject({ status: 401, body: { code: 'key_revoked' } });
  });

  test('may do only what their scopes say', async () => {
    const key = await api.keyOf(tenantId, ['calls:read']);
    expect((await api.send('GET', '/api/calls', { key })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/api/web-calls'],
      ['GET', '/api/leads'],
      ['POST', '/api/keys'],
    ] as const) {
      const refused = await api.send(method, path, { key, ...(method === 'POST' && { body: {} }) });
      expect(refused).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
    }
  });

  test('are kept as hashes only', async () => {
    const { rows } = await api.database.pool.query('SELECT t::text AS row FROM parley.api_keys t');
    expect(rows.length).toBeGreaterThan(1);
    for (const { row } of rows) expect(row).not.toContain(api.key);
  });
});
