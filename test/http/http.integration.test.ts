import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

test('every answer carries a request id, which a client may choose', async () => {
  const own = await api.send('GET', '/api/calls', { headers: { 'X-Request-Id': 'my-request-7' } });
  expect(own.headers.get('x-request-id')).toBe('my-request-7');
  const refused = await api.send('GET', '/api/calls/none', { headers: { 'X-Request-Id': 'bad id\u007f' } });
  expect(refused.body.request_id).toMatch(/^[\w-]{36}$/);
  expect(refused.headers.get('x-request-id')).toBe(refused.body.request_id);
});

test('page and API forbid foreign scripts, frames and sniffing', async () => {
  for (const path of ['/', '/docs', '/api/calls', '/nothing']) {
    const { headers } = await api.send('GET', path);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('permissions-policy')).toContain('microphone=(self)');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('the page may speak to a LiveKit that is elsewhere', async () => {
  const other = await openApi({ livekitPublicUrl: 'wss://media.example.com' });
  const { headers } = await other.send('GET', '/');
  expect(headers.get('content-security-policy')).toMatch(/connect-src 'self' wss:\/\/media\.example\.com/);
  const { body } = await other.send('POST', '/api/web-calls', { body: { agent: 'receptionist' } });
  expect(body.livekit_url).toBe('wss://media.example.com');
  await other.close();
});

test('an address that does not exist is 404, a method it does not take 405 with those it takes', async () => {
  expect(await api.send('GET', '/api/nothing')).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
  expect(await api.send('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
  expect(await api.send('POST', '/nothing')).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
  // As browsers ask, and curl --compressed: what is not compressed must not say that it is.
  const wrong = await api.send('PUT', '/api/calls/call_x', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed', detail: /GET/ } });
  expect(wrong.headers.get('content-encoding')).toBeNull();
  expect(wrong.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD']);
  expect(await api.send('GET', '/api/web-calls')).toMatchObject({ status: 405 });
});

test.each([
  '/..%2f..%2fpackage.json',
  '/%2e%2e/%2e%2e/package.json',
  '/vendor/..%5c..%5cpackage.json',
  '/.env',
  '//etc/passwd',
  '/api/agents/..%2f..%2fREADME/file',
  '/api/agents/%2e%2e%2fREADME/file',
  '/api/agents/receptionist%2f..%2f..%2fpackage/file',
  '/api/calls/..%2f..%2fpackage.json/recording',
])('%s leads out of no folder', async (path) => {
  expect([403, 404]).toContain((await api.send('GET', path)).status);
});

describe('bodies', () => {
  test('larger than 1 MB are refused, with and without a length', async () => {
    const body = JSON.stringify({ agent: 'receptionist', playbook: 'x'.repeat(1024 * 1024) });
    const headers = { 'Content-Type': 'application/json' };
    const told = { ...headers, 'Content-Length': String(body.length) };
    expect(await api.send('POST', '/api/web-calls', { body, headers: told })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
    const streamed = await api.app.request('/api/web-calls', {
      method: 'POST',
      headers: { ...headers, 'X-API-Key': api.key },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect({ status: streamed.status, connection: streamed.headers.get('connection') }).toEqual({
      status: 413,
      connection: 'close',
    });
  });

  test('must be JSON, and say so', async () => {
    const broken = { body: '{"agent":', headers: { 'Content-Type': 'application/json' } };
    expect(await api.send('POST', '/api/web-calls', broken)).toMatchObject({
      status: 400,
      body: { code: 'malformed_request' },
    });
    expect(await api.send('POST', '/api/web-calls', { body: 'agent=x' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  test('with several faults name each of them', async () => {
    const { body } = await api.send('POST', '/api/web-calls', {
      body: { agent: '', limits: { max_minutes: 1000 }, variables: { Name: 'x' } },
    });
    expect(body.detail).toMatch(/Names are lowercase letters/);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'agent',
      'variables.Name',
      'limits.max_minutes',
    ]);
  });
});

describe('rate limits', () => {
  test('count per key, tell the state in headers, and answer 429 with when to come back', async () => {
    const limited = await openApi({ rateLimit: { requests: 3, windowSeconds: 60 } });
    try {
      const first = await limited.send('GET', '/api/calls');
      expect(first.headers.get('ratelimit-limit')).toBe('3');
      expect(first.headers.get('ratelimit-remaining')).toBe('2');
      await limited.send('GET', '/api/calls');
      await limited.send('POST', '/mcp', { body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
      const refused = await limited.send('GET', '/api/calls');
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect((await limited.send('GET', '/api/calls', { key: limited.otherKey })).status).toBe(200);
      expect((await limited.send('GET', '/health')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});

describe('operations', () => {
  test('health and readiness need no key, and say what is away', async () => {
    expect(await api.send('GET', '/health', { key: null })).toMatchObject({
      status: 200,
      body: { status: 'ok', version: '0.0.0', dependencies: { postgres: { status: 'up' } } },
    });
    expect(await api.send('GET', '/ready', { key: null })).toMatchObject({ status: 200, body: { status: 'ready' } });
    const away = await openApi({ health: () => ({ livekit: { status: 'down', message: 'Check LIVEKIT_URL.' } }) });
    expect(await away.send('GET', '/health', { key: null })).toMatchObject({
      status: 200,
      body: { status: 'degraded', dependencies: { livekit: { status: 'down', message: 'Check LIVEKIT_URL.' } } },
    });
    expect(await away.send('GET', '/ready', { key: null })).toMatchObject({
      status: 503,
      body: { status: 'not_ready' },
    });
    await away.close();
  });

  test('a process that drains is not ready', async () => {
    const draining = await openApi();
    draining.draining.abort();
    expect(await draining.send('GET', '/ready', { key: null })).toMatchObject({
      status: 503,
      body: { status: 'draining' },
    });
    expect((await draining.send('GET', '/health', { key: null })).status).toBe(200);
    await draining.close();
  });
});

describe('a defect', () => {
  test('is told without its stack, and logged with it under the same request id', async () => {
    const lines: string[] = [];
    const out = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    const logger = createLogger({ level: 'error', component: 'serve', out });
    const broken = await openApi({ logger });
    broken.deps.agents.list = () => {
      throw new Error('the secret inside');
    };
    const { status, body } = await broken.send('GET', '/api/agents');
    expect({ status, body }).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(body)).not.toMatch(/secret inside|\.ts/);
    expect(lines.join('')).toMatch(/the secret inside/);
    expect(lines.join('')).toContain(body.request_id);
    await broken.close();
  });
});

test('while PostgreSQL is away requests are refused with when to come back', async () => {
  const away = await openApi({ health: () => ({ postgres: { status: 'down' } }) });
  await away.database.close();
  const refused = await away.send('GET', '/api/calls');
  expect(refused).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('5');
  await away.close();
});

describe('documents', () => {
  test('openapi.json describes every route, and docs shows each', async () => {
    const { body } = await api.send('GET', '/openapi.json', { key: null });
    expect(body.openapi).toBe('3.1.0');
    const { body: page } = await api.send('GET', '/docs', { key: null });
    for (const [path, item] of Object.entries(body.paths as Record<string, object>))
      for (const method of Object.keys(item)) expect(page).toContain(`<b>${method.toUpperCase()}</b> ${path}</h2>`);
    expect(page).toContain('id="call_not_found"');
    // Examples name addresses; nothing is loaded from one.
    expect(page).not.toMatch(/<script|(src|href|url)\s*[=(]\s*["']?https?:/);
  });

  test('the page and the LiveKit client come as files, and nothing outside their folder does', async () => {
    const page = await api.send('GET', '/', { key: null });
    expect(page.headers.get('content-type')).toMatch('text/html');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const unchanged = await api.send('GET', '/', { headers: { 'If-None-Match': page.headers.get('etag')! } });
    expect(unchanged.status).toBe(304);
    const client = await api.send('GET', '/vendor/livekit-client.js', { key: null });
    expect(client.headers.get('content-type')).toMatch('javascript');
    expect(client.body).toContain('export');
    for (const path of ['/../app.ts', '/%2e%2e/app.ts', '/..%2f..%2fpackage.json', '/.env'])
      expect((await api.send('GET', path, { key: null })).status).toBe(404);
  });
});
