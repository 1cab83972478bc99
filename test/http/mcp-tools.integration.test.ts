import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { aCall } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import type { Api } from './open-api.ts';
import { bearer, type Mcp, openMcp } from './open-mcp.ts';

type Json = Record<string, unknown>;

let mcp: Mcp;
let api: Api;
let call: Mcp['call'];
let refused: Mcp['refused'];

beforeAll(async () => {
  mcp = await openMcp();
  ({ api, call, refused } = mcp);
});
afterAll(() => mcp?.close());

let count = 0;
const nextNumber = () => `+1415555${String(3000 + (count += 1))}`;
const order = (more: Json = {}) => ({ to: nextNumber(), agent: 'receptionist', ...more });
const callsTo = async (number: string) =>
  Number(
    (await api.database.pool.query('SELECT count(*) FROM parley.calls WHERE phone_number = $1', [number])).rows[0]
      .count,
  );
const auditOf = async (target: unknown) =>
  (await api.database.pool.query('SELECT action, status FROM parley.audit_log WHERE target = $1', [target])).rows;

describe('place_call', () => {
  test('places the call with what was asked for, and the audit log has it', async () => {
    const { told } = await call('place_call', order({ metadata: { ticket: 7 }, limits: { ring_seconds: 20 } }));
    expect(told).toMatchObject({ status: 'queued', replayed: false, next: /get_call/ });
    const { body } = await api.send('GET', `/api/calls/${String(told['call_id'])}`);
    expect(body).toMatchObject({ direction: 'outbound', metadata: { ticket: 7 }, limits: { ring_seconds: 20 } });
    expect(await auditOf(told['call_id'])).toEqual([{ action: 'POST /mcp place_call', status: 200 }]);
  });

  test('says with dry_run what would happen, and places nothing', async () => {
    const asked = order({ dry_run: true });
    expect((await call('place_call', asked)).told).toMatchObject({ dry_run: true, to: asked.to, from: '+14155550100' });
    expect(await callsTo(asked.to)).toBe(0);
  });

  test('repeated, also at the same time, places one call and answers with it', async () => {
    const asked = order({ variables: { clinic: 'North', day: 'Monday' }, playbook: '{{day}}' });
    const reordered = { playbook: '{{day}}', variables: { day: 'Monday', clinic: 'North' }, agent: asked.agent };
    const formatted = asked.to.replace(/^\+1(...)(...)/, '+1 ($1) $2-');
    const together = await Promise.all([1, 2, 3].map(() => call('place_call', asked)));
    const ids = together.flatMap(({ told }) => told['call_id'] ?? []);
    expect(new Set(ids).size).toBe(1);
    const again = await call('place_call', { ...reordered, to: formatted });
    expect(again.told).toMatchObject({ call_id: ids[0], status: 'queued', replayed: true, next: /idempotency_key/ });
    expect(await callsTo(asked.to)).toBe(1);
  });

  test('to the same number for another purpose needs a name of its own', async () => {
    const asked = order();
    await call('place_call', asked);
    const told = await refused('place_call', { ...asked, playbook: 'Say it in other words.' });
    expect(told).toMatchObject({ code: 'idempotency_conflict', field: 'idempotency_key', detail: /list_calls/ });
    const named = { ...asked, idempotency_key: 'second' };
    expect((await call('place_call', named)).told).toMatchObject({ replayed: false });
    expect((await call('place_call', named)).told).toMatchObject({ replayed: true });
    expect(await callsTo(asked.to)).toBe(2);
  });

  test('does not place what POST /api/dispatch placed under the same key', async () => {
    const asked = order();
    await api.send('POST', '/api/dispatch', { body: asked, headers: { 'Idempotency-Key': 'shared' } });
    expect(await refused('place_call', { ...asked, idempotency_key: 'shared' })).toMatchObject({
      code: 'idempotency_conflict',
    });
    expect(await callsTo(asked.to)).toBe(1);
  });

  test('may be sent again, corrected, when it was refused', async () => {
    const asked = order({ agent: 'reminder' });
    expect(await refused('place_call', asked)).toMatchObject({ code: 'invalid_variables' });
    expect((await call('place_call', { ...asked, variables: { name: 'Ada' } })).told).toMatchObject({
      replayed: false,
    });
  });

  test.each([
    ['an agent that does not exist', { agent: 'nobody' }, { code: 'agent_not_found', field: 'agent', agents: /./ }],
    ['a number that is none', { to: '12' }, { code: 'invalid_number', field: 'to' }],
    ['a field that does not exist', { number: '1' }, { code: 'invalid_request', detail: /Unknown field number/ }],
    ['an address for the result', { resume_url: 'https://evil.example' }, { code: 'invalid_request' }],
    ['a wrong limit', { limits: { ring_seconds: 900 } }, { code: 'invalid_request', field: 'limits.ring_seconds' }],
    ['a character that cannot be kept', { playbook: 'a\0b' }, { code: 'invalid_request', field: 'playbook' }],
    ['a lead of nobody', { lead: 'lead_x' }, { code: 'lead_not_found', field: 'lead' }],
    ['a premium-rate number', { to: '+19005551234' }, { code: 'blocked', rule: 'premium_number' }],
  ])('refuses %s', async (_what, wrong, expected) => {
    expect(await refused('place_call', order(wrong))).toMatchObject(expected);
  });
});

describe('get_call', () => {
  test('tells what came of a call and what was said', async () => {
    const { id } = await endedCall(api);
    const { told } = await call('get_call', { call_id: id });
    expect(told).toMatchObject({
      status: 'ended',
      outcome: 'completed',
      cost_usd: '0.0042',
      transcript: [
        { role: 'agent', text: 'Hello.' },
        { role: 'caller', text: 'Hi, this is Ada.' },
        { role: 'agent', text: 'How can I help?' },
      ],
      messages: [],
    });
  });

  test('waits for the end, and tells meanwhile what happens', async () => {
    const { id } = await api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
    const heard: (string | undefined)[] = [];
    const first = Promise.withResolvers<void>();
    const answer = mcp.client.callTool({ name: 'get_call', arguments: { call_id: id, wait_seconds: 25 } }, undefined, {
      onprogress: ({ message }) => {
        heard.push(message);
        first.resolve();
      },
    });
    // Told until it is heard: the tool may only now be about to listen.
    const say = { events: [{ type: 'turn.caller' as const, data: { text: 'Hi.' } }] };
    for (let told = false; !told; told = (await Promise.race([first.promise, sleep(100, 'not yet')])) !== 'not yet')
      await api.deps.calls.record(id, say);
    const patch = { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' } as const;
    await api.deps.calls.transition({ callId: id, to: 'ended', patch, event: { type: 'call.ended' } });
    expect((await answer).structuredContent).toMatchObject({ status: 'ended', outcome: 'completed' });
    expect(heard[0]).toBe('caller: Hi.');
    expect(heard.at(-1)).toBe('ended');
  });

  test('waits no longer for a client that left', async () => {
    const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
    const { events } = api.deps;
    let listening = 0;
    api.deps.events = {
      onNews(callId, listener) {
        const stop = events.onNews(callId, listener);
        listening += 1;
        return () => {
          listening -= 1;
          stop();
        };
      },
    };
    const leave = new AbortController();
    const params = { name: 'get_call', arguments: { call_id: id, wait_seconds: 50 } };
    for (const Accept of ['application/json', 'application/json, text/event-stream']) {
      const request = fetch(`${mcp.url}/mcp`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept, ...bearer(api.key) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
        signal: leave.signal,
      }).then((response) => response.text());
      request.catch(() => undefined);
    }
    try {
      await vi.waitFor(() => expect(listening).toBe(2), 5_000);
      leave.abort();
      await vi.waitFor(() => expect(listening).toBe(0), 5_000);
    } finally {
      api.deps.events = events;
    }
  });

  test('answers with the call as it is when the time is over', async () => {
    const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
    expect((await call('get_call', { call_id: id, wait_seconds: 1 })).told).toMatchObject({ status: 'queued' });
    expect(await refused('get_call', { call_id: id, wait_seconds: 600 })).toMatchObject({ field: 'wait_seconds' });
  });
});

test('list_calls finds calls and turns pages', async () => {
  const phone_number = nextNumber();
  for (const idempotency_key of ['one', 'two'])
    await call('place_call', { ...order({ to: phone_number }), idempotency_key: `${phone_number}-${idempotency_key}` });
  const { told: page } = await call('list_calls', { phone_number, status: ['queued'], limit: 1 });
  const { told: rest } = await call('list_calls', { phone_number, cursor: page['next_cursor'] });
  const found = [page, rest].flatMap(({ calls }) => calls as Json[]);
  expect(found).toMatchObject([{ phone_number }, { phone_number }]);
  expect(rest['next_cursor']).toBeNull();
  expect((await call('list_calls', { phone_number, status: ['ended'] })).told).toMatchObject({ calls: [] });
  expect(await refused('list_calls', { cursor: 'x' })).toMatchObject({ code: 'invalid_cursor' });
});

test('list_agents tells which variables must be given', async () => {
  const { told } = await call('list_agents');
  expect(told['agents']).toMatchObject([
    { name: 'receptionist', variables: { clinic: 'Harbour' }, pipeline: 'embedded' },
    { name: 'reminder', variables: { name: null } },
    { name: 'unscripted', pipeline: null },
  ]);
});

test('hang_up ends a call that has no session any more, as the API does', async () => {
  const { id } = await api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
  await api.database.pool.query(
    `UPDATE parley.calls SET lease_owner = 'gone', lease_until = now() - interval '1 minute' WHERE id = $1`,
    [id],
  );
  expect((await call('hang_up', { call_id: id })).told).toMatchObject({ call_id: id, status: 'ended' });
  expect(await api.deps.calls.findCall(id)).toMatchObject({ endReason: 'operator_hung_up', hungUpBy: 'operator' });
});

test('hang_up cancels a call that waits, once, and leaves one that has ended as it is', async () => {
  const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  expect((await call('hang_up', { call_id: id })).told).toEqual({ call_id: id, status: 'ended', done: 'canceled' });
  expect((await call('hang_up', { call_id: id })).told).toMatchObject({ done: 'already_ended' });
  expect(await auditOf(id)).toEqual([{ action: 'POST /mcp hang_up', status: 200 }]);
  const ended = await endedCall(api);
  await call('hang_up', { call_id: ended.id });
  expect((await call('get_call', { call_id: ended.id })).told['transcript']).toHaveLength(3);
});

test('a campaign is looked at with dry_run, made, started and paused, and another tenant sees none of it', async () => {
  const asked = { name: 'May', agent: 'receptionist', recipients: [{ to: nextNumber() }, { to: 'x' }] };
  const seen = await call('create_campaign', { ...asked, dry_run: true });
  expect(seen.told).toMatchObject({ dry_run: true, calls: 1, rejected: 1, next: /without dry_run/ });
  const { told } = await call('create_campaign', asked);
  expect(told).toMatchObject({ status: 'draft', added: 1, next: /control_campaign/ });
  const id = { campaign_id: told['campaign_id'] };
  expect((await call('control_campaign', { ...id, command: 'start' })).told).toMatchObject({ status: 'running' });
  expect((await call('control_campaign', { ...id, command: 'pause' })).told).toMatchObject({ status: 'paused' });
  expect((await call('get_campaign', id)).told).toMatchObject({ progress: { recipients: { waiting: 1 } } });
  expect(await auditOf(told['campaign_id'])).toHaveLength(3);
  const stranger = await mcp.connect(api.otherKey);
  expect(await refused('get_campaign', id, stranger)).toMatchObject({ code: 'campaign_not_found' });
  expect(await refused('control_campaign', { ...id, command: 'resume' }, stranger)).toMatchObject({
    code: 'campaign_not_found',
  });
});

test('a key sees the tools of its scopes, and is told which scope another one needs', async () => {
  const reader = await mcp.connect(await api.keyOf('tenant_a', ['calls:read']));
  expect((await reader.listTools()).tools.map(({ name }) => name)).toEqual([
    'list_agents',
    'get_call',
    'list_calls',
    'get_campaign',
  ]);
  expect(await refused('place_call', order(), reader)).toMatchObject({ code: 'scope_missing', scope: 'calls:write' });
  const leadKey = await mcp.connect(await api.keyOf('tenant_a', ['leads:read']));
  expect(await refused('list_calls', {}, leadKey)).toMatchObject({ code: 'scope_missing', scope: 'calls:read' });
});

test('a key of another tenant sees and touches no call of this one', async () => {
  const stranger = await mcp.connect(api.otherKey);
  const { id } = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  for (const name of ['get_call', 'hang_up'])
    expect(await refused(name, { call_id: id }, stranger)).toMatchObject({
      code: 'call_not_found',
      field: 'call_id',
      detail: /list_calls/,
    });
  expect((await call('list_calls', {}, stranger)).told).toEqual({ calls: [], next_cursor: null });
  expect((await call('get_call', { call_id: id })).told).toMatchObject({ status: 'queued' });
});
