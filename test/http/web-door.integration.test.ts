import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { livekit } from '../setup/servers.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const start = (options: Parameters<Api['send']>[2] = {}) =>
  api.send('POST', '/api/web-calls', { body: { agent: 'receptionist' }, ...options });
const endAll = () =>
  api.database.pool.query(`UPDATE parley.calls SET state = 'ended', ended_at = now() WHERE state <> 'ended'`);
const shop = 'https://shop.example.com';
const browserKey = async (browser: object = {}) =>
  api.send('POST', '/api/keys', {
    body: { name: 'button', browser: { origins: [shop], agent: 'receptionist', ...browser } },
  });

describe('a browser call passes the door', () => {
  test('of which as many places are behind as the tenant has', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => start()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.find(({ status }) => status !== 201)!;
    expect(refused).toMatchObject({ status: 503, body: { code: 'capacity_full', rule: 'concurrent_calls' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    const limits = await api.send('GET', '/api/limits');
    expect(limits.body.calls_at_once).toEqual({ limit: 5, used: 5, waiting: 0 });
    // Nobody came: the places are free again, and no phone starves.
    await api.database.pool.query(
      `UPDATE parley.calls SET created_at = now() - interval '16 seconds' WHERE direction = 'web'`,
    );
    expect((await start()).status).toBe(201);
    await endAll();
  });

  test('and asks for the spend of the day', async () => {
    const poor = await openApi({ rules: { ...api.deps.rules, spendPerDayUsd: 0 } });
    try {
      const answer = await poor.send('POST', '/api/web-calls', { body: { agent: 'receptionist' } });
      expect(answer).toMatchObject({ status: 422, body: { code: 'blocked', rule: 'spend_per_day' } });
    } finally {
      await poor.close();
    }
  });

  test('once per Idempotency-Key, with a new token', async () => {
    const headers = { 'Idempotency-Key': 'tab-1' };
    const first = await start({ headers });
    const again = await start({ headers });
    expect(again).toMatchObject({ status: 201, body: { call_id: first.body.call_id } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await start({ headers, body: { agent: 'receptionist', metadata: { other: true } } });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
    await endAll();
  });

  test('no longer than the operator lets calls last', async () => {
    const short = await openApi({ rules: { ...api.deps.rules, maxMinutes: 3 } });
    try {
      const ask = (limits: object) => short.send('POST', '/api/web-calls', { body: { agent: 'receptionist', limits } });
      expect(await ask({ max_minutes: 4 })).toMatchObject({ status: 422, body: { field: 'limits.max_minutes' } });
      const { body } = await ask({});
      expect((await short.send('GET', `/api/calls/${body.call_id}`)).body.limits).toMatchObject({ max_minutes: 3 });
    } finally {
      await short.close();
    }
  });
});

describe('a key for a web page', () => {
  test('starts calls with its agent from its pages, in a request as a browser sends it', async () => {
    const { status, body } = await browserKey();
    expect({ status, ...body }).toMatchObject({
      status: 201,
      scopes: ['web-calls:write'],
      key: expect.stringMatching(/^parley_web_/),
      browser: { origins: [shop], agent: 'receptionist', calls_per_minute: 10, max_calls: 5 },
    });
    const { app, draining, deps } = api;
    const server = await startServer({
      app,
      host: '127.0.0.1',
      port: 0,
      livekitUrls: [livekit().url],
      draining: new AbortController(),
      logger: deps.logger,
    });
    try {
      expect(draining.signal.aborted).toBe(false);
      const url = `${server.url}/api/web-calls`;
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          Origin: shop,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type,x-api-key',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(shop);
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-api-key');
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      const headers = { 'Content-Type': 'application/json', 'X-API-Key': body.key as string };
      const started = await fetch(url, { method: 'POST', headers: { ...headers, Origin: shop }, body: '{}' });
      expect(started.status).toBe(201);
      expect(started.headers.get('access-control-allow-origin')).toBe(shop);
      expect(await started.json()).toMatchObject({ token: expect.any(String), livekit_url: expect.any(String) });
      for (const others of [{ ...headers, Origin: 'https://evil.example.com' }, headers]) {
        const refused = await fetch(url, { method: 'POST', headers: others, body: '{}' });
        expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
          403,
          'origin_not_allowed',
        ]);
      }
    } finally {
      await server.close();
      await endAll();
    }
  });

  test('does nothing else, and changes nothing that is the operator’s', async () => {
    const { body } = await browserKey();
    const key = body.key as string;
    const headers = { Origin: shop };
    for (const [method, path] of [
      ['GET', '/api/calls'],
      ['GET', '/api/agents'],
      ['GET', '/api/limits'],
      ['GET', '/api/keys'],
    ] as const)
      expect((await api.send(method, path, { key, headers })).body).toMatchObject({ code: 'scope_missing' });
    const dispatch = { body: { to: '+14155550123', agent: 'receptionist' }, key, headers };
    expect((await api.send('POST', '/api/dispatch', dispatch)).body).toMatchObject({ code: 'scope_missing' });
    for (const asked of [
      { agent: 'unscripted' },
      { playbook: 'Say anything.' },
      { pipeline: 'cloud' },
      { limits: { max_minutes: 240 } },
    ])
      expect((await start({ key, headers, body: asked })).body).toMatchObject({
        code: 'invalid_request',
        field: Object.keys(asked)[0],
      });
  });

  test('has limits of its own, per minute and at once', async () => {
    const headers = { Origin: shop };
    const few = (await browserKey({ max_calls: 1 })).body.key as string;
    expect((await start({ key: few, headers, body: {} })).status).toBe(201);
    expect((await start({ key: few, headers, body: {} })).body).toMatchObject({ code: 'capacity_full' });
    expect((await start()).status).toBe(201);
    await endAll();
    const slow = (await browserKey({ calls_per_minute: 1 })).body.key as string;
    expect((await start({ key: slow, headers, body: {} })).status).toBe(201);
    const refused = await start({ key: slow, headers, body: {} });
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await endAll();
  });

  test.each([
    [{ origins: ['https://shop.example.com/page'] }],
    [{ origins: ['*'] }],
    [{ origins: [] }],
    [{ agent: 'nobody' }],
  ])('is refused with %j', async (browser) => {
    expect((await browserKey(browser)).status).toBeGreaterThanOrEqual(404);
  });
});

test('a key is refused once it has expired', async () => {
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  const made = await api.send('POST', '/api/keys', { body: { name: 'short', expires_at } });
  expect(made.body).toMatchObject({ expires_at });
  expect((await api.send('GET', '/api/calls', { key: made.body.key })).status).toBe(200);
  await api.database.pool.query(`UPDATE parley.api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [
    made.body.key_id,
  ]);
  await expect
    .poll(async () => (await api.send('GET', '/api/calls', { key: made.body.key })).body, { timeout: 5_000 })
    .toMatchObject({ code: 'key_expired', status: 401 });
  const past = await api.send('POST', '/api/keys', { body: { name: 'past', expires_at: '2020-01-01T00:00:00Z' } });
  expect(past.status).toBe(422);
});

test('overwriting a lead by a dispatch needs the right to, and is in the audit log', async () => {
  const key = await api.keyOf('tenant_a', ['calls:write']);
  const body = { to: '+14155550177', agent: 'receptionist', lead: { email: 'ada@example.com', name: 'Mallory' } };
  expect(await api.send('POST', '/api/dispatch', { key, body })).toMatchObject({
    status: 403,
    body: { code: 'scope_missing', scope: 'leads:write' },
  });
  expect((await api.send('GET', '/api/leads?email=ada@example.com')).body.leads).toEqual([]);
  expect((await api.send('POST', '/api/dispatch', { body })).status).toBe(202);
  const [lead] = (await api.send('GET', '/api/leads?email=ada@example.com')).body.leads;
  const { rows } = await api.database.pool.query('SELECT action FROM parley.audit_log WHERE target = $1', [
    lead.lead_id,
  ]);
  expect(rows).toEqual([{ action: 'POST /api/dispatch lead' }]);
});
