import { writeFile } from 'node:fs/promises';
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

  test('is ended in every browser at once, and another may begin', async () => {
    const made = await api.send('POST', '/api/keys', { body: { name: 'desk', scopes: ['calls:read'] } });
    const [here, copied] = [await signIn(made.body.key), await signIn(made.body.key)];
    const asked = (method: string, path: string, cookie: string, headers: Record<string, string> = console) =>
      api.send(method, path, { key: null, headers: { ...headers, Cookie: cookie } });
    expect((await asked('DELETE', '/session?everywhere=true', here.cookie, {})).status).toBe(401);
    expect((await asked('GET', '/api/calls', copied.cookie)).status).toBe(200);
    expect((await asked('DELETE', '/session?everywhere=true', here.cookie)).status).toBe(204);
    for (const { cookie } of [here, copied]) {
      expect((await asked('GET', '/api/calls', cookie)).status).toBe(401);
      expect((await asked('GET', '/session', cookie)).body.session).toBeNull();
      expect((await asked('DELETE', '/session?everywhere=true', cookie)).status).toBe(401);
    }
    const again = await signIn(made.body.key);
    expect((await asked('GET', '/api/calls', again.cookie)).status).toBe(200);
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

  test('keeps what it said before, who saved it, and what was changed on disk meanwhile', async () => {
    const key = await api.keyOf('default');
    const of = path.replace('/file', '/versions').replace('receptionist', 'reminder');
    const file = path.replace('receptionist', 'reminder');
    const versions = async () => (await api.send('GET', of, { key })).body.versions;
    const read = await api.send('GET', file, { key });
    await api.send('GET', file, { key });
    expect(await versions()).toMatchObject([{ etag: read.body.etag, saved_by: null }]);
    const saved = await api.send('PUT', file, { key, body: { text }, headers: { 'If-Match': read.body.etag } });
    await writeFile(saved.body.saved ? read.body.path : '', `${text}By hand.\n`);
    await api.send('GET', file, { key });
    const [byHand, byKey, first, ...more] = await versions();
    expect([byHand.saved_by, byKey.saved_by, first.saved_by, more]).toEqual([null, 'test', null, []]);
    expect((await api.send('GET', `${of}/${first.version_id}`, { key })).body).toEqual({
      ...first,
      text: read.body.text,
    });
    expect(
      (await api.send('GET', `${of.replace('reminder', 'receptionist')}/${first.version_id}`, { key })).status,
    ).toBe(404);
  });

  test('is talked to in writing before it is saved, by the operator alone', async () => {
    const key = await api.keyOf('default');
    const chats = path.replace('/file', '/chats');
    const draft = text.replace(
      'greeting:',
      'script: { unknown: "I do not know.", facts: [{ id: h, examples: [opening hours, when are you open], answer: "Nine to {{end}}." }] }\nvariables: { end: null }\ngreeting:',
    );
    const open = (body: object) => api.send('POST', chats, { key, body });
    expect((await open({ text: 'no front matter' })).body).toMatchObject({ code: 'invalid_request', field: 'text' });
    expect((await open({ text: draft })).body).toMatchObject({ code: 'invalid_variables' });
    const opened = await open({ text: draft, variables: { end: 'five' } });
    expect(opened).toMatchObject({ status: 201, body: { said: ['Good day.'], end_reason: null } });
    const messages = `${chats}/${opened.body.chat_id}/messages`;
    const body = { text: 'What are your opening hours?' };
    const answer = await api.send('POST', messages, { key, body });
    expect(answer.body).toMatchObject({
      said: [expect.stringMatching(/^Nine to five\./)],
      tools: [],
      troubles: [],
      end_reason: null,
      cost_usd: 0,
    });
    expect((await api.send('POST', messages, { body })).status).toBe(403);
    expect((await api.send('DELETE', `${chats}/${opened.body.chat_id}`, { key })).status).toBe(204);
    expect((await api.send('POST', messages, { key, body })).body.code).toBe('chat_not_found');
  });

  test('is nothing for other tenants, nor the doctor', async () => {
    for (const [method, route, body] of [
      ['GET', path, undefined],
      ['GET', path.replace('/file', '/versions'), undefined],
      ['GET', path.replace('/file', '/versions/1'), undefined],
      ['POST', path.replace('/file', '/chats'), {}],
      ['DELETE', path.replace('/file', '/chats/x'), undefined],
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
