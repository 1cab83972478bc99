import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { weekdays } from '../../src/calls/admission/calling-window.ts';
import { createApp } from '../../src/http/app.ts';
import { doNotCallStore } from '../../src/store/people/do-not-call-store.ts';
import { idempotencyStore } from '../../src/store/calls/idempotency-store.ts';
import { tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api?.close());

let count = 0;
const nextNumber = () => `+1415555${String(1000 + (count += 1))}`;
const send = (body: object, headers: Record<string, string> = {}) =>
  api.send('POST', '/api/dispatch', { body, headers });
const order = (more: object = {}) => ({ to: nextNumber(), agent: 'receptionist', ...more });
const callCount = async () =>
  Number((await api.database.pool.query('SELECT count(*) FROM parley.calls')).rows[0].count);

describe('an accepted call', () => {
  test('is in the database, with its job, when the answer comes', async () => {
    const { status, body } = await send(order({ metadata: { ticket: 7 }, limits: { ring_seconds: 20 } }));
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        call_id: expect.stringMatching(/^call_/),
        status: 'queued',
        status_url: expect.stringContaining(`/api/calls/${body.call_id}`),
      },
    });
    const { rows } = await api.database.pool.query('SELECT 1 FROM graphile_worker.jobs WHERE key = $1', [
      `dispatch:${body.call_id}`,
    ]);
    expect(rows).toHaveLength(1);
    const { body: call } = await api.send('GET', `/api/calls/${body.call_id}`);
    expect(call).toMatchObject({
      direction: 'outbound',
      from_number: '+14155550100',
      metadata: { ticket: 7 },
      limits: { ring_seconds: 20 },
    });
  });

  test.each([
    ['keeps the trace it was asked in', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, true],
    ['takes no notice of a trace that is malformed', `00-${'0'.repeat(32)}-zz-01`, false],
  ])('%s', async (_what, traceparent, isKept) => {
    const { status, body } = await send(order(), { traceparent });
    expect(status).toBe(202);
    const record = await api.deps.calls.findForDispatch(body.call_id);
    expect(record?.plan).toEqual(isKept ? { traceparent } : {});
  });

  test('that has to wait is told how many go before it', async () => {
    await send(order());
    const { body } = await send(order());
    expect(body.position).toBeGreaterThan(0);
  });

  test('waits for the hours that the operator set, in the place of the number called', async () => {
    const today = weekdays[new Date().getUTCDay()]!;
    const days = weekdays.filter((day) => day !== today);
    api.deps.rules.callingWindow = { start: '00:00', end: '00:00', days, timezone: 'UTC' };
    try {
      const { body } = await send(order({ dry_run: true }));
      expect(body).toMatchObject({ status: 'scheduled', not_before: expect.stringMatching(/T00:00:00/) });
      const window = { start: '00:00', end: '00:00', days: [today], timezone: 'UTC' };
      expect((await send(order({ dry_run: true, schedule: { window } }))).body).toMatchObject({
        code: 'blocked',
        rule: 'calling_window',
        detail: expect.stringContaining('PARLEY_CALLING_WINDOW'),
      });
    } finally {
      delete api.deps.rules.callingWindow;
    }
  });

  test('for later is scheduled, outside its window for the next opening', async () => {
    const not_before = new Date(Date.now() + 3_600_000).toISOString();
    expect((await send(order({ schedule: { not_before } }))).body.status).toBe('scheduled');
    const today = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date().getUTCDay()];
    const window = { start: '00:00', end: '00:00', days: [today], timezone: 'UTC' };
    expect((await send(order({ schedule: { window } }))).body.status).toBe('queued');
    const other = { ...window, days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].filter((day) => day !== today) };
    const { body } = await send(order({ schedule: { window: other }, dry_run: true }));
    expect(body).toMatchObject({ dry_run: true, status: 'scheduled', not_before: expect.stringMatching(/T00:00:00/) });
  });

  test('creates or updates the lead that comes with it', async () => {
    const { body } = await send(order({ lead: { email: 'ADA@example.com', name: 'Ada' } }));
    const { body: leads } = await api.send('GET', '/api/leads?email=ada@example.com');
    const { body: call } = await api.send('GET', `/api/calls/${body.call_id}`);
    expect(call.lead_id).toBe(leads.leads[0].lead_id);
  });
});

describe('a dry run', () => {
  test('says what would happen and writes nothing', async () => {
    const before = await callCount();
    const { status, body } = await send({ ...order(), dry_run: true }, { 'Idempotency-Key': 'dry' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: true, from: '+14155550100', trunk_id: 'ST_test', not_before: null });
    expect(body.rules).toContainEqual({ rule: 'do_not_call', verdict: 'passes' });
    expect(await callCount()).toBe(before);
  });
});

describe('an Idempotency-Key', () => {
  test('gets the same answer for the same request, and one call', async () => {
    const before = await callCount();
    const body = order();
    const key = { 'Idempotency-Key': 'same' };
    const first = await send(body, key);
    const second = await send(body, key);
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    expect(await callCount()).toBe(before + 1);
  });

  test('sent twenty times at once makes one call', async () => {
    const before = await callCount();
    const body = order();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body, { 'Idempotency-Key': 'at-once' })));
    const accepted = answers.filter(({ status }) => status === 202);
    expect(new Set(accepted.map((answer) => answer.body.call_id)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers.get('Idempotent-Replayed') === null)).toHaveLength(1);
    for (const { status, body: problem, headers } of answers.filter((answer) => answer.status !== 202)) {
      expect({ status, code: problem.code }).toEqual({ status: 409, code: 'idempotency_in_flight' });
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
    }
    expect(await callCount()).toBe(before + 1);
  });

  test('sent at once to five replicas makes one call, and each of them answers with it', async () => {
    const before = await callCount();
    const replicas = Array.from({ length: 5 }, () =>
      createApp({ ...api.deps, idempotency: idempotencyStore(api.database) }),
    );
    const headers = { 'X-API-Key': api.key, 'Content-Type': 'application/json', 'Idempotency-Key': 'replicas' };
    const body = JSON.stringify(order());
    const answers = await Promise.all(
      replicas.map(async (app) => {
        const response = await app.request('/api/dispatch', { method: 'POST', headers, body });
        return { http: response.status, ...((await response.json()) as { call_id: string }) };
      }),
    );
    expect(answers.map(({ http }) => http)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ call_id }) => call_id)).size).toBe(1);
    expect(await callCount()).toBe(before + 1);
  });

  test('is refused for another request, and free again after a refusal', async () => {
    const key = { 'Idempotency-Key': 'other' };
    expect((await send(order({ to: 'nonsense' }), key)).body.code).toBe('invalid_number');
    expect((await send(order(), key)).status).toBe(202);
    expect(await send(order(), key)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  });

  test('of one API key means nothing to another', async () => {
    const body = order();
    const mine = await send(body, { 'Idempotency-Key': 'mine' });
    const theirs = await api.send('POST', '/api/dispatch', {
      body,
      headers: { 'Idempotency-Key': 'mine' },
      key: api.otherKey,
    });
    expect(theirs.status).toBe(202);
    expect(theirs.body.call_id).not.toBe(mine.body.call_id);
  });
});

describe('a refusal', () => {
  const past = '2020-01-01T00:00:00Z';
  const window = { start: '09:00', end: '17:00', timezone: 'UTC' };
  test.each([
    ['an unknown field', { ot: 'x' }, 'invalid_request', /ot/],
    ['an unknown field inside', { schedule: { notbefore: past } }, 'invalid_request', /notbefore/],
    ['no number', { to: 'call me' }, 'invalid_number', /E\.164/],
    ['a number of no country’s plan', { to: '+15550001111' }, 'invalid_number', /./],
    ['an agent that is not there', { agent: 'nobody' }, 'agent_not_found', /receptionist/],
    ['a variable that is missing', { agent: 'reminder' }, 'invalid_variables', /name/],
    ['a lead that is not there', { lead: 'lead_x' }, 'lead_not_found', /leads/],
    ['a trunk of somebody else', { trunk_id: 'ST_other' }, 'trunk_not_configured', /ST_other/],
    ['a Twilio trunk id', { trunk_id: 'TK123' }, 'invalid_request', /ST_/],
    ['a premium-rate number', { to: '+19005551234' }, 'blocked', /premium/],
    ['a country that is not allowed', { to: '+4930123456' }, 'blocked', /PARLEY_ALLOWED_COUNTRIES/],
    ['an end in the past', { schedule: { not_after: past } }, 'invalid_request', /past/],
    [
      'a timezone that does not exist',
      { schedule: { window: { ...window, timezone: 'Mars' } } },
      'invalid_request',
      /IANA/,
    ],
    ['a time that is none', { schedule: { window: { ...window, start: '9 am' } } }, 'invalid_request', /09:00/],
    [
      'a message that is not there',
      { voicemail: { action: 'leave_message' } },
      'invalid_request',
      /no message to leave/,
    ],
    [
      'a message with a name that has no value',
      { voicemail: { action: 'leave_message', message: 'Hello {{nobody}}.' } },
      'invalid_variables',
      /nobody/,
    ],
    ['a webhook that is no address', { webhook: { url: 'ftp://x' } }, 'invalid_request', /https:/],
    ['a ring time beyond LiveKit’s', { limits: { ring_seconds: 90 } }, 'invalid_request', /75/],
  ])('of %s says what to send instead', async (_, wrong, code, says) => {
    const before = await callCount();
    const { status, body } = await send(order(wrong));
    expect(body).toMatchObject({ code, detail: expect.stringMatching(says) });
    expect(status).toBe(code.endsWith('not_found') ? 404 : 422);
    expect(await callCount()).toBe(before);
  });

  test('names the rule', async () => {
    const to = nextNumber();
    await doNotCallStore(api.database).add({ tenantId }, 'api', [{ phoneNumber: to, reason: 'asked' }]);
    expect((await send(order({ to }))).body).toMatchObject({ code: 'blocked', rule: 'do_not_call', field: 'to' });
  });
});
