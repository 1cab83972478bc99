import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCall, otherTenantId, tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await api.deps.tenants.ensureTenant({ id: 'default', name: 'Default' });
  const { calls } = api.deps;
  const end = async (agent: string, endReason: 'agent_goodbye' | 'llm_failed' | 'busy', answered: boolean) => {
    const call = await calls.insertCall(aCall({ agent, state: 'in_progress', phoneNumber: '+14155550111' }), {
      type: 'call.answered',
    });
    const outcome = { agent_goodbye: 'completed', llm_failed: 'failed', busy: 'busy' } as const;
    if (answered)
      await calls.record(call.id, {
        answeredAt: new Date(Date.now() - 60_000),
        turns: [
          { index: 0, role: 'agent', text: 'Hello.', startedMs: 0, endedMs: 900, interrupted: false },
          {
            index: 1,
            role: 'agent',
            text: 'Yes.',
            startedMs: 4000,
            endedMs: 4900,
            interrupted: false,
            latency: {
              endOfTurnMs: 300,
              sttMs: 200,
              llmFirstTokenMs: 500,
              ttsFirstAudioMs: 100,
              totalMs: answered && agent === 'slow' ? 4000 : 900,
            },
          },
        ],
        costs: [
          { component: 'llm', provider: 'p', model: 'm', quantity: 1, unit: 'token', usd: '0.25', source: 'list' },
        ],
      });
    await calls.transition({
      callId: call.id,
      to: 'ended',
      patch: { outcome: outcome[endReason], endReason },
      event: { type: 'call.ended' },
    });
    return call.id;
  };
  await end('receptionist', 'agent_goodbye', true);
  await end('slow', 'agent_goodbye', true);
  await end('receptionist', 'llm_failed', true);
  await end('=cmd|"x"', 'busy', false);
});
afterAll(() => api.close());

describe('the overview', () => {
  test('counts calls, rates, cost and end reasons, names problems with their calls, and times the stages', async () => {
    const { status, body } = await api.send('GET', '/api/overview?span=day');
    expect(status).toBe(200);
    expect(body.totals).toMatchObject({ calls: 4, answered: 3, completed: 2, failed: 1, cost_usd: '0.75' });
    expect(body.totals.answer_rate).toBeCloseTo(0.75);
    expect(body.totals.completion_rate).toBeCloseTo(2 / 3);
    expect(body.buckets).toHaveLength(24);
    expect(body.buckets.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0)).toBe(4);
    expect(body.end_reasons[0]).toMatchObject({ end_reason: 'agent_goodbye', outcome: 'completed', calls: 2 });
    expect(body.problems).toMatchObject([
      { end_reason: 'llm_failed', fault: 'provider', calls: 1, newest: [{ call_id: expect.stringMatching(/^call_/) }] },
    ]);
    expect(body.sample.calls).toBe(3);
    expect(body.sample.stages).toContainEqual({ stage: 'llm_first_token_ms', answers: 3, p50_ms: 500, p95_ms: 500 });
    expect(body.sample.slowest).toMatchObject([{ slowest_ms: 4000 }]);
  });

  test('of one agent holds its calls only', async () => {
    const { body } = await api.send('GET', '/api/overview?span=day&agent=slow');
    expect(body.totals).toMatchObject({ calls: 1, failed: 0 });
  });

  test('of another tenant is empty', async () => {
    const { body } = await api.send('GET', '/api/overview?span=day', { key: api.otherKey });
    expect(body).toMatchObject({
      totals: { calls: 0 },
      problems: [],
      end_reasons: [],
      sample: { calls: 0, slowest: [] },
    });
  });
});

describe('the export of calls', () => {
  test('holds every call that the filters find, with formulas told to be text', async () => {
    const all = await api.send('GET', '/api/calls/export');
    expect(all.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(all.body.trim().split('\n')).toHaveLength(5);
    expect(all.body).toContain(`"'=cmd|""x"""`);
    expect(all.body).toContain(',+14155550111,');
    const failed = await api.send('GET', '/api/calls/export?outcome=failed');
    expect(failed.body.trim().split('\n')).toHaveLength(2);
  });

  test('of another tenant holds its head only', async () => {
    const { body } = await api.send('GET', '/api/calls/export', { key: api.otherKey });
    expect(body.trim().split('\n')).toHaveLength(1);
  });
});

test('a call is told as a test that repeats it', async () => {
  const { body: list } = await api.send('GET', '/api/calls?agent=slow');
  const { body, headers } = await api.send('GET', `/api/calls/${list.calls[0].call_id}/scenario`);
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${list.calls[0].call_id}.yaml"`);
  expect(body).toMatch(/^agent: slow$/m);
});

describe('a session', () => {
  const console = { 'X-Parley-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
  const signIn = async (key: string) => {
    const answer = await api.send('POST', '/session', { key });
    return { ...answer, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
  };

  test('is what a key is exchanged for; it may what the key may, and ends with it', async () => {
    const made = await api.send('POST', '/api/keys', { body: { name: 'desk', scopes: ['calls:read'] } });
    const { status, body, cookie } = await signIn(made.body.key);
    expect(status).toBe(201);
    expect(body).toMatchObject({ tenant_id: tenantId, key_name: 'desk', scopes: ['calls:read'], operator: false });
    expect(cookie).not.toContain(made.body.key);
    const headers = { ...console, Cookie: cookie };
    expect((await api.send('GET', '/session', { key: null, headers })).body.session.key_name).toBe('desk');
    const seen = await api.send('GET', '/api/calls', { key: null, headers });
    expect(seen.status).toBe(200);
    expect(seen.headers.get('cache-control')).toBe('no-store');
    const refused = await api.send('GET', '/api/keys', { key: null, headers });
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
    await api.send('DELETE', `/api/keys/${made.body.key_id}`);
    expect((await api.send('GET', '/api/calls', { key: null, headers })).body.code).toBe('key_revoked');
    expect((await api.send('GET', '/session', { key: null, headers })).body.session).toBeNull();
  });

  test('changes nothing for a page of elsewhere, and opens neither MCP nor another session', async () => {
    const { cookie } = await signIn(api.key);
    const body = { name: 'x', scopes: ['calls:read'] };
    const asked = (method: string, path: string, headers: Record<string, string>) =>
      api.send(method, path, { key: null, body, headers: { Cookie: cookie, ...headers } });
    expect((await asked('POST', '/api/keys', console)).status).toBe(201);
    expect((await asked('POST', '/api/keys', {})).status).toBe(401);
    expect((await asked('POST', '/api/keys', { ...console, 'Sec-Fetch-Site': 'same-site' })).status).toBe(401);
    expect((await asked('POST', '/mcp', console)).status).toBe(401);
    expect((await asked('POST', '/session', console)).status).toBe(401);
  });

  test('is not for the key of a web page', async () => {
    const made = await api.send('POST', '/api/keys', {
      body: { name: 'shop', browser: { origins: ['https://shop.example.com'], agent: 'receptionist' } },
    });
    const { status } = await api.send('POST', '/session', {
      key: made.body.key,
      headers: { Origin: 'https://shop.example.com' },
    });
    expect(status).toBe(403);
  });

  test('of one tenant shows nothing of another', async () => {
    const { cookie, body } = await signIn(api.otherKey);
    expect(body.tenant_id).toBe(otherTenantId);
    const seen = await api.send('GET', '/api/calls', { key: null, headers: { ...console, Cookie: cookie } });
    expect(seen.body.calls).toEqual([]);
  });
});

describe('the file of an agent', () => {
  const path = '/api/agents/receptionist/file';
  const text = '---\ndescription: Answers the phone.\ngreeting: Good day.\n---\nYou answer the phone.\n';

  test('is read and changed by the operator, and never over what somebody else wrote', async () => {
    const key = await api.keyOf('default');
    const read = await api.send('GET', path, { key });
    expect(read.body).toMatchObject({ writable: true, etag: read.headers.get('etag') });
    const put = (etag: string, body: object, query = '') =>
      api.send('PUT', `${path}${query}`, { key, body, headers: { 'If-Match': etag } });

    const wrong = await put(read.body.etag, { text: '---\ndescription: Answers.\n---\nHello.\n' });
    expect(wrong.body).toMatchObject({
      saved: false,
      problems: [expect.stringMatching(/receptionist\.md:\d+ greeting/)],
    });
    expect((await put(read.body.etag, { text }, '?dry_run=true')).body).toMatchObject({ saved: false, problems: [] });
    expect((await api.send('GET', path, { key })).body.text).toBe(read.body.text);

    const saved = await put(read.body.etag, { text });
    expect(saved.body).toMatchObject({ saved: true });
    expect((await api.send('GET', path, { key })).body).toMatchObject({ text, etag: saved.body.etag });
    const late = await put(read.body.etag, { text: `${text}Be brief.\n` });
    expect(late).toMatchObject({ status: 412, body: { code: 'agent_changed' } });
    expect((await api.send('GET', path, { key })).body.text).toBe(text);
    expect((await api.send('PUT', path, { key, body: { text } })).status).toBe(422);
  });

  test('is nothing for other tenants, nor the doctor', async () => {
    for (const [method, route, body] of [
      ['GET', path, undefined],
      ['PUT', path, { text }],
      ['GET', '/api/doctor', undefined],
    ] as const) {
      const answer = await api.send(method, route, { body, headers: { 'If-Match': '"x"' } });
      expect({ route, ...answer }).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
    }
    const key = await api.keyOf('default');
    expect((await api.send('GET', '/api/doctor', { key })).body).toMatchObject({
      ok: true,
      checks: [{ check: 'node' }],
    });
  });
});
