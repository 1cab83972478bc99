import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRetention } from '../../src/calls/personal-data/keep-retention.ts';
import { newId } from '../../src/calls/new-id.ts';
import { aCall, tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const person = { email: 'ada@example.com', name: 'Ada Lovelace', phone_number: '+14155550142' };
const secretWords = 'my mother is ill';
const addressOfHook = 'https://hooks.example.com/ada-lovelace';

async function anEndedCall(overrides: object = {}) {
  const { calls, messages } = api.deps;
  const call = await calls.insertCall(
    aCall({
      phoneNumber: person.phone_number,
      variables: { name: person.name },
      metadata: { order: 4711 },
      playbook: secretWords,
      webhooks: [{ kind: 'events', url: addressOfHook, events: ['call.ended'] }],
      ...overrides,
    }),
    { type: 'call.queued' },
  );
  await calls.record(call.id, {
    events: [{ type: 'turn.caller', data: { text: secretWords } }],
    turns: [{ index: 0, role: 'caller', text: secretWords, startedMs: 0, endedMs: 900, interrupted: false }],
  });
  await messages.insertMessage({
    id: newId('msg'),
    callId: call.id,
    tenantId,
    callerName: person.name,
    phoneNumber: person.phone_number,
    text: secretWords,
  });
  await calls.transition({
    callId: call.id,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
    event: { type: 'call.ended', data: { outcome: 'completed' } },
  });
  return call;
}

/** Whether a text stands anywhere in the database. */
async function isKept(text: string): Promise<string[]> {
  const tables = await api.database.pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'parley'`,
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await api.database.pool.query(
      `SELECT 1 FROM parley.${name} AS t WHERE position($1 in t::text) > 0 LIMIT 1`,
      [text],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

beforeEach(async () => {
  await api.database.pool.query('DELETE FROM parley.calls');
  await api.database.pool.query('DELETE FROM parley.leads');
  await api.database.pool.query('DELETE FROM parley.do_not_call');
});

describe('everything about a person', () => {
  test.each([{ phone_number: person.phone_number }, { email: 'ADA@example.com' }])(
    'is found and erased by %j, and what must not be called still is not',
    async (who) => {
      const lead = (await api.send('POST', '/api/leads', { body: person })).body;
      const call = await anEndedCall({ leadId: lead.lead_id });
      await api.send('POST', '/api/do-not-call', { body: { phone_number: person.phone_number, reason: secretWords } });
      const recipients = [{ to: person.phone_number, variables: { name: person.name } }];
      await api.send('POST', '/api/campaigns', { body: { name: 'May', agent: 'reminder', recipients } });
      const query = new URLSearchParams(who as Record<string, string>).toString();
      const held = (await api.send('GET', `/api/personal-data?${query}`)).body;
      expect(held).toMatchObject({
        leads: [{ email: person.email }],
        calls: [{ call_id: call.id, report: { transcript: [{ text: secretWords }] } }],
        do_not_call: [{ phone_number: person.phone_number }],
        campaigns: [{ name: 'May', phone_number: person.phone_number, variables: { name: person.name } }],
        more_calls: false,
      });
      const erased = await api.send('POST', '/api/erasures', { body: who });
      expect(erased).toMatchObject({ status: 200, body: { calls_erased: 1, leads_deleted: 1, open_calls: [] } });
      for (const text of [person.phone_number, person.email, person.name, secretWords, addressOfHook])
        expect([text, await isKept(text)]).toEqual([text, []]);
      const refused = await api.send('POST', '/api/dispatch', {
        body: { to: person.phone_number, agent: 'receptionist' },
      });
      expect(refused.body).toMatchObject({ code: 'blocked', rule: 'do_not_call' });
    },
  );

  test('of another tenant is not touched, and a call that goes on is named', async () => {
    const call = await api.deps.calls.insertCall(aCall({ phoneNumber: person.phone_number }), { type: 'call.queued' });
    const body = { phone_number: person.phone_number };
    expect((await api.send('POST', '/api/erasures', { body, key: api.otherKey })).body).toMatchObject({
      open_calls: [],
    });
    expect((await api.send('POST', '/api/erasures', { body })).body).toEqual({
      calls_erased: 0,
      leads_deleted: 0,
      open_calls: [call.id],
    });
  });

  test('needs an admin, and either a number or an email', async () => {
    const weak = await api.keyOf(tenantId, ['calls:read', 'calls:write', 'leads:read', 'leads:write']);
    expect((await api.send('POST', '/api/erasures', { body: person, key: weak })).status).toBe(403);
    const both = { phone_number: person.phone_number, email: person.email };
    for (const body of [{}, both]) expect((await api.send('POST', '/api/erasures', { body })).status).toBe(422);
  });
});

test('a lead is deleted, and its calls stay without it', async () => {
  const { lead_id } = (await api.send('POST', '/api/leads', { body: person })).body;
  const call = await anEndedCall({ leadId: lead_id });
  expect((await api.send('DELETE', `/api/leads/${lead_id}`, { key: api.otherKey })).status).toBe(404);
  expect((await api.send('DELETE', `/api/leads/${lead_id}`)).status).toBe(204);
  expect((await api.send('DELETE', `/api/leads/${lead_id}`)).body).toMatchObject({ code: 'lead_not_found' });
  expect((await api.send('GET', `/api/calls/${call.id}`)).body).toMatchObject({ lead_id: null, call_id: call.id });
});

describe('retention', () => {
  const set = (words_days: number | null, calls_days: number | null, options = {}) =>
    api.send('PUT', '/api/retention', { body: { words_days, calls_days }, ...options });
  const age = (id: string, days: number) =>
    api.database.pool.query(`UPDATE parley.calls SET ended_at = now() - make_interval(days => $2) WHERE id = $1`, [
      id,
      days,
    ]);
  const keepRetention = async () => {
    const runs: object[] = [];
    await createRetention(api.deps.personalData, (run) => runs.push(run))(0);
    return runs;
  };

  test('erases words, then whole calls, when their days are over, and reports it', async () => {
    const [young, wordy, old] = [await anEndedCall(), await anEndedCall(), await anEndedCall()];
    await Promise.all([age(young.id, 2), age(wordy.id, 8), age(old.id, 31)]);
    expect(await keepRetention()).toEqual([]);
    expect((await set(7, 30)).body).toMatchObject({ words_days: 7, calls_days: 30, runs: [] });
    expect(await keepRetention()).toEqual([
      { tenantId, recordingsDeleted: 0, wordsErased: 1, callsDeleted: 1, leadsDeleted: 0 },
    ]);
    expect(await keepRetention()).toEqual([]);
    expect((await api.send('GET', `/api/calls/${old.id}`)).status).toBe(404);
    const kept = (await api.send('GET', `/api/calls/${wordy.id}`)).body;
    expect(kept).toMatchObject({ phone_number: person.phone_number, metadata: { order: 4711 }, messages: [] });
    expect(JSON.stringify(kept)).not.toContain(secretWords);
    expect(JSON.stringify((await api.send('GET', `/api/calls/${young.id}`)).body)).toContain(secretWords);
    expect((await api.send('GET', '/api/retention')).body.runs).toMatchObject([{ words_erased: 1, calls_deleted: 1 }]);
    expect((await api.send('GET', '/api/retention', { key: api.otherKey })).body).toMatchObject({
      words_days: null,
      runs: [],
    });
    await set(null, null);
  });

  test('deletes leads that were neither changed nor called for so long, and wait for no call', async () => {
    const written = await api.deps.leads.upsertLeads(
      tenantId,
      ['fresh', 'old', 'called', 'waiting', 'long-ago'].map((name) => ({ email: `${name}@example.com` })),
    );
    const idOf = (name: string) => written.find(({ lead }) => lead.email.startsWith(name))!.lead.id;
    await api.database.pool.query(`UPDATE parley.leads SET updated_at = now() - interval '40 days' WHERE id <> $1`, [
      idOf('fresh'),
    ]);
    const [recent, past] = [
      await anEndedCall({ leadId: idOf('called') }),
      await anEndedCall({ leadId: idOf('long-ago') }),
    ];
    await Promise.all([age(recent.id, 3), age(past.id, 39)]);
    const { id: waitingCall } = await api.deps.calls.insertCall(aCall({ leadId: idOf('waiting') }), {
      type: 'call.queued',
    });
    const body = { words_days: null, calls_days: null, leads_days: 30 };
    expect((await api.send('PUT', '/api/retention', { body })).body).toMatchObject({ leads_days: 30 });
    expect(await keepRetention()).toMatchObject([{ tenantId, callsDeleted: 0, leadsDeleted: 2 }]);
    const left = await api.send('GET', '/api/leads');
    const ids = (left.body.leads as { lead_id: string }[]).map(({ lead_id }) => lead_id);
    expect(ids).toEqual(expect.arrayContaining(['fresh', 'called', 'waiting'].map(idOf)));
    expect(ids).not.toContain(idOf('old'));
    expect((await api.send('GET', `/api/calls/${past.id}`)).body).toMatchObject({ lead_id: null });
    expect((await api.send('GET', '/api/retention')).body.runs[0]).toMatchObject({ leads_deleted: 2 });
    await set(null, null);
    await api.database.pool.query('DELETE FROM parley.calls WHERE id = ANY($1)', [[recent.id, past.id, waitingCall]]);
  });

  test('looks once a minute, and at once again while there is more', async () => {
    const asked: number[] = [];
    let now = 0;
    const answers = [500, 3, 0];
    const deleteDue = async () => {
      asked.push(now);
      const wordsErased = answers[asked.length - 1] ?? 0;
      return [{ tenantId, recordingsDeleted: 0, wordsErased, callsDeleted: 0, leadsDeleted: 0 }];
    };
    const keep = createRetention({ deleteDue }, () => undefined);
    for (now of [0, 10, 20, 59_000, 60_011]) await keep(now);
    expect(asked).toEqual([0, 10, 60_011]);
  });

  test.each([
    [0, 30],
    [7, 1],
    [7.5, 30],
  ])('refuses %d and %d days', async (words, calls) => {
    expect((await set(words, calls)).status).toBe(422);
  });
});

describe('calls are found', () => {
  test('by outcome, end reason, direction, trunk, lead and metadata', async () => {
    const busy = await anEndedCall({ trunkId: 'ST_9', metadata: { order: 4712, shop: { id: 7 } } });
    await api.database.pool.query(`UPDATE parley.calls SET outcome = 'busy', end_reason = 'busy' WHERE id = $1`, [
      busy.id,
    ]);
    const web = await anEndedCall({ direction: 'web', state: 'in_progress', phoneNumber: null, metadata: {} });
    const found = async (query: string) =>
      ((await api.send('GET', `/api/calls?${query}`)).body.calls as { call_id: string }[]).map(
        ({ call_id }) => call_id,
      );
    const metadata = (value: object) => `metadata=${encodeURIComponent(JSON.stringify(value))}`;
    expect(await found('outcome=busy')).toEqual([busy.id]);
    expect(await found('end_reason=agent_goodbye')).toEqual([web.id]);
    expect(await found('direction=web')).toEqual([web.id]);
    expect(await found('trunk_id=ST_9&outcome=busy')).toEqual([busy.id]);
    expect(await found(metadata({ shop: { id: 7 } }))).toEqual([busy.id]);
    expect(await found(metadata({ order: 1 }))).toEqual([]);
    for (const wrong of ['outcome=fine', 'direction=up', 'metadata=order', 'metadata=[1]'])
      expect([wrong, (await api.send('GET', `/api/calls?${wrong}`)).status]).toEqual([wrong, 422]);
  });

  test('through an index, each', async () => {
    const plan = async (where: string) => {
      const client = await api.database.pool.connect();
      try {
        await client.query('SET enable_seqscan = off');
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN SELECT id FROM parley.calls WHERE tenant_id = 'tenant_a' AND ${where} ORDER BY created_at DESC, id DESC LIMIT 50`,
        );
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      } finally {
        await client.query('RESET enable_seqscan');
        client.release();
      }
    };
    expect(await plan(`outcome = 'busy'`)).toContain('calls_outcome');
    expect(await plan(`end_reason = 'busy'`)).toContain('calls_end_reason');
    expect(await plan(`direction = 'web'`)).toContain('calls_incoming');
    expect(await plan(`trunk_id = 'ST_9'`)).toContain('calls_trunk');
  });
});

test('a webhook may want the calls of one agent alone', async () => {
  const hook = async (body: object) =>
    api.send('POST', '/api/webhooks', {
      body: { url: 'https://hooks.example.com/x', events: ['call.ended'], ...body },
    });
  const one = await hook({ agent: 'reminder' });
  expect(one.body).toMatchObject({ agent: 'reminder' });
  expect((await hook({ agent: 'nobody' })).body).toMatchObject({ code: 'agent_not_found' });
  const all = await hook({});
  const owedTo = async (id: string) =>
    (await api.database.pool.query('SELECT 1 FROM parley.webhook_deliveries WHERE endpoint_id = $1', [id])).rows.length;
  await anEndedCall();
  expect([await owedTo(one.body.webhook_id), await owedTo(all.body.webhook_id)]).toEqual([0, 1]);
  await anEndedCall({ agent: 'reminder' });
  expect([await owedTo(one.body.webhook_id), await owedTo(all.body.webhook_id)]).toEqual([1, 2]);
});

test('tenants are added by the operator, with a key that works, and by nobody else', async () => {
  const own = await openApi({ operatorTenantId: tenantId });
  try {
    const body = { tenant_id: 'harbour', name: 'Harbour Dental' };
    expect((await own.send('POST', '/api/tenants', { body, key: own.otherKey })).status).toBe(403);
    const made = await own.send('POST', '/api/tenants', { body });
    expect(made).toMatchObject({ status: 201, body: { tenant_id: 'harbour', key: expect.stringMatching(/^parley_/) } });
    expect((await own.send('GET', '/api/calls', { key: made.body.key })).body.calls).toEqual([]);
    expect((await own.send('POST', '/api/tenants', { body })).body).toMatchObject({ code: 'tenant_exists' });
    const listed = (await own.send('GET', '/api/tenants')).body.tenants as { tenant_id: string }[];
    expect(listed.map(({ tenant_id }) => tenant_id)).toEqual([tenantId, 'tenant_b', 'harbour']);
  } finally {
    await own.close();
  }
});
