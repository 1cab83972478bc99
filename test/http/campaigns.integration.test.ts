import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

let last = 0;
const aNumber = () => `+1415555${String((last += 1)).padStart(4, '0')}`;
const campaign = (more: object = {}) => ({ name: 'May', agent: 'reminder', ...more });
const create = (more: object = {}, options = {}) =>
  api.send('POST', '/api/campaigns', { body: campaign(more), ...options });
const person = (name: string) => ({ to: aNumber(), variables: { name } });
const csv = (id: string, text: string, type = 'text/csv') =>
  api.send('POST', `/api/campaigns/${id}/recipients/import`, { body: text, headers: { 'Content-Type': type } });

describe('campaigns over the API', () => {
  test('are created with people, each number once, and say who does not fit and why', async () => {
    const ada = person('Ada');
    const created = await create({
      recipients: [
        ada,
        { ...ada, to: `${ada.to.slice(0, 5)} ${ada.to.slice(5)}` },
        { to: '+1415', variables: { name: 'B' } },
        { to: aNumber() },
      ],
      retry: { max_attempts: 2 },
      schedule: { window: { start: '09:00', end: '17:00', timezone: 'America/New_York' } },
      limits: { max_minutes: 3 },
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        status: 'draft',
        agent: 'reminder',
        trunk_id: 'ST_test',
        added: 1,
        duplicates: 1,
        rejected: 2,
        rejections: [
          { line: 3, reason: expect.stringContaining('phone_number') },
          { line: 4, reason: expect.stringContaining('name') },
        ],
        retry: { max_attempts: 2, on: ['busy', 'no_answer'] },
        limits: { max_minutes: 3 },
        pacing: { max_calls: 10 },
        progress: { recipients: { waiting: 1, calling: 0 }, calls: 0 },
      },
    });
    const read = await api.send('GET', `/api/campaigns/${created.body.campaign_id}`);
    expect(read.body.status_url).toContain(created.body.campaign_id);
    expect((await api.send('GET', `/api/campaigns/${created.body.campaign_id}/recipients`)).body).toMatchObject({
      recipients: [
        { phone_number: ada.to, status: 'waiting', variables: { name: 'Ada' }, call_id: null, result: null },
      ],
      next_after: null,
    });
  });

  test.each([
    [{ agent: 'nobody' }, 404, 'agent_not_found'],
    [{ variables: { nmae: 'x' } }, 422, 'invalid_variables'],
    [{ trunk_id: 'ST_other' }, 422, 'trunk_not_configured'],
    [{ pacing: { max_call: 1 } }, 422, 'invalid_request'],
    [{ name: '' }, 422, 'invalid_request'],
    [{ voicemail: { action: 'leave_message' } }, 422, 'invalid_request'],
  ])('%j is refused', async (wrong, status, code) => {
    expect(await create(wrong)).toMatchObject({ status, body: { code } });
  });

  test('a dry run says who would be called when, who not and why, and writes nothing', async () => {
    const [ada, bea] = [person('Ada'), person('Bea')];
    await api.send('POST', '/api/do-not-call', { body: { phone_number: bea.to } });
    const before = (await api.send('GET', '/api/campaigns')).body.campaigns.length;
    const recipients = [ada, bea, person('Cy'), { to: '+4930123456', variables: { name: 'Dora' } }, { to: 'x' }];
    const seen = await create({ dry_run: true, pacing: { max_calls: 1 }, recipients });
    expect(seen).toMatchObject({
      status: 200,
      body: {
        dry_run: true,
        calls: 2,
        skipped: 2,
        calls_at_once: 1,
        call_seconds: 60,
        measured: false,
        rejected: 1,
        recipients: [
          { phone_number: ada.to, rule: null },
          { phone_number: bea.to, at: null, rule: 'do_not_call', reason: expect.stringContaining('do-not-call') },
          { at: expect.any(String) },
          { at: null, rule: 'country' },
        ],
      },
    });
    const [first, , third] = seen.body.recipients;
    expect(Date.parse(third.at) - Date.parse(first.at)).toBe(60_000);
    expect((await api.send('GET', '/api/campaigns')).body.campaigns).toHaveLength(before);
    const kept = await create({ recipients: recipients.slice(0, 2) });
    const forecast = await api.send('GET', `/api/campaigns/${kept.body.campaign_id}/forecast`);
    expect(forecast.body).toMatchObject({ calls: 1, skipped: 1 });
  });

  test('take leads, by what is known of them, with the variables that the agent asks for', async () => {
    const lead = (email: string, more: object) =>
      api.send('POST', '/api/leads', { body: { email, phone_number: aNumber(), ...more } });
    await lead('ada@example.com', { name: 'Ada', data: { plan: 'gold' } });
    await lead('bea@example.com', { name: 'Bea', data: { plan: 'tin' } });
    await lead('cy@example.com', { data: { plan: 'gold', name: 'Cyrus' } });
    await lead('none@example.com', { name: 'N', phone_number: null, data: { plan: 'gold' } });
    const { body } = await create({ leads: { data: { plan: 'gold' }, never_called: true } });
    expect(body).toMatchObject({ added: 2, rejected: 0 });
    const listed = await api.send('GET', `/api/campaigns/${body.campaign_id}/recipients`);
    expect(listed.body.recipients).toMatchObject([
      { lead_id: expect.stringMatching(/^lead_/), variables: { name: 'Ada' } },
      { variables: { name: 'Cyrus' } },
    ]);
    const weak = await api.keyOf(tenantId, ['calls:write']);
    expect(await create({ leads: {} }, { key: weak })).toMatchObject({ status: 403, body: { scope: 'leads:read' } });
  });

  test('take CSV in the encodings of spreadsheets, with columns that nobody asked for', async () => {
    const { body } = await create();
    const [one, two] = [aNumber(), aNumber()];
    const text = `Name,ignored,Phone number\nJosé,x,${one}\nBea,y,${one}\n,z,${two}\nCy,,12\n`;
    const latin = Buffer.from(text, 'latin1');
    const added = await api.app.request(`/api/campaigns/${body.campaign_id}/recipients/import`, {
      method: 'POST',
      headers: { 'X-API-Key': api.key, 'Content-Type': 'text/csv' },
      body: latin,
    });
    expect(await added.json()).toMatchObject({
      added: 1,
      duplicates: 1,
      rejected: 2,
      rejections: [
        { line: 4, reason: expect.stringContaining('name') },
        { line: 5, reason: expect.stringContaining('phone_number') },
      ],
    });
    const listed = await api.send('GET', `/api/campaigns/${body.campaign_id}/recipients`);
    expect(listed.body.recipients).toMatchObject([{ phone_number: one, variables: { name: 'José' } }]);
    expect(await csv(body.campaign_id, 'name\nAda\n')).toMatchObject({ status: 422, body: { field: 'phone_number' } });
    expect(await csv(body.campaign_id, 'x', 'text/plain')).toMatchObject({ status: 415 });
  });

  test('are started, paused, resumed and canceled, and refuse what their state does not allow', async () => {
    const { body } = await create({ recipients: [person('Ada')] });
    const ask = async (command: string) => api.send('POST', `/api/campaigns/${body.campaign_id}/${command}`);
    expect(await ask('pause')).toMatchObject({ status: 409, body: { code: 'campaign_state', state: 'draft' } });
    expect(await ask('start')).toMatchObject({
      status: 200,
      body: { status: 'running', started_at: expect.any(String) },
    });
    expect(await ask('pause')).toMatchObject({ body: { status: 'paused', pause_reason: 'operator' } });
    expect(await ask('pause')).toMatchObject({ status: 200, body: { status: 'paused' } });
    expect(await api.send('DELETE', `/api/campaigns/${body.campaign_id}`)).toMatchObject({ status: 409 });
    expect(await ask('resume')).toMatchObject({ body: { status: 'running', pause_reason: null } });
    expect(await ask('cancel')).toMatchObject({ body: { status: 'canceled', ended_at: expect.any(String) } });
    expect(await ask('resume')).toMatchObject({ status: 409 });
    const more = { body: { recipients: [person('Bea')] } };
    expect(await api.send('POST', `/api/campaigns/${body.campaign_id}/recipients`, more)).toMatchObject({
      status: 409,
    });
    expect((await ask('explode')).status).toBe(422);
    expect((await api.send('DELETE', `/api/campaigns/${body.campaign_id}`)).status).toBe(204);
    expect(await ask('start')).toMatchObject({ status: 404, body: { code: 'campaign_not_found' } });
  });

  test('are made once under one Idempotency-Key', async () => {
    const order = { body: campaign({ recipients: [person('Ada')] }), headers: { 'Idempotency-Key': 'may' } };
    const [first, again] = [
      await api.send('POST', '/api/campaigns', order),
      await api.send('POST', '/api/campaigns', order),
    ];
    expect(again).toMatchObject({
      status: 201,
      body: { campaign_id: first.body.campaign_id, added: 0, duplicates: 1 },
    });
    const other = await api.send('POST', '/api/campaigns', { ...order, body: campaign({ name: 'June' }) });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
    const elsewhere = await api.send('POST', '/api/campaigns', { ...order, key: api.otherKey });
    expect(elsewhere.body.campaign_id).not.toBe(first.body.campaign_id);
    await api.send('DELETE', `/api/campaigns/${elsewhere.body.campaign_id}`, { key: api.otherKey });
  });

  test('give their results as CSV, with a column for each field that the agent asks for', async () => {
    const { body } = await create({ recipients: [person('Ada')] });
    const results = await api.send('GET', `/api/campaigns/${body.campaign_id}/results`);
    expect(results.headers.get('content-type')).toMatch(/text\/csv/);
    const [header, line] = String(results.body).split('\n');
    expect(header).toMatch(/^position,phone_number,lead_id,status,attempts,outcome/);
    expect(line).toMatch(/^1,\+1415555\d{4},,waiting,0,/);
  });

  test('of another tenant are as absent as ones that never were', async () => {
    const { body } = await create({ recipients: [person('Ada')] });
    const other = { key: api.otherKey };
    const path = `/api/campaigns/${body.campaign_id}`;
    expect((await api.send('GET', '/api/campaigns', other)).body.campaigns).toEqual([]);
    for (const [method, route] of [
      ['GET', path],
      ['GET', `${path}/recipients`],
      ['GET', `${path}/forecast`],
      ['GET', `${path}/results`],
      ['POST', `${path}/start`],
      ['POST', `${path}/cancel`],
      ['DELETE', path],
    ] as const)
      expect(await api.send(method, route, other)).toMatchObject({ status: 404, body: { code: 'campaign_not_found' } });
    const more = { body: { recipients: [person('Bea')] }, ...other };
    expect((await api.send('POST', `${path}/recipients`, more)).status).toBe(404);
    expect((await create({ leads: {} }, other)).body.added).toBe(0);
  });
});
