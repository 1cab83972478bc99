import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseTrunk } from '../../src/calls/trunks/choose-trunk.ts';
import { createKey } from '../../src/calls/keys/create-key.ts';
import { sipTrunks } from '../../src/livekit/sip-trunks.ts';
import { tenantStore } from '../../src/store/tenants/tenant-store.ts';
import { livekit } from '../setup/servers.ts';
import { tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const outbound = {
  direction: 'outbound',
  name: 'Carrier',
  address: 'name.pstn.twilio.com',
  numbers: ['+1 415 555 0100', '+14155550199'],
  username: 'user',
  password: 'very secret',
};
const inbound = { direction: 'inbound', name: 'Desk', numbers: ['+14155550101'], agent: 'receptionist' };
const create = (body: object) => api.send('POST', '/api/trunks', { body });
const rulesOf = async (id: string) =>
  (await api.deps.sipTrunks.listRules()).filter(({ trunkIds }) => trunkIds.includes(id));

describe('an outbound trunk', () => {
  test('is made in LiveKit with what was set for it, and never tells its password', async () => {
    const made = await create({ ...outbound, allowed_countries: ['US'], max_calls: 3, calls_per_second: 0.5 });
    expect(made).toMatchObject({
      status: 201,
      body: {
        trunk_id: expect.stringMatching(/^ST_/),
        direction: 'outbound',
        name: 'Carrier',
        exists: true,
        address: 'name.pstn.twilio.com',
        numbers: ['+14155550100', '+14155550199'],
        from_number: '+14155550100',
        allowed_countries: ['US'],
        max_calls: 3,
        calls_per_second: 0.5,
      },
    });
    const { trunk_id: id } = made.body;
    expect(await api.deps.trunks.list(tenantId)).toContainEqual(
      expect.objectContaining({ trunkId: id, maxCalls: 3, callsPerSecond: 0.5 }),
    );
    const listed = await api.send('GET', '/api/trunks');
    expect(listed.body.trunks).toContainEqual(made.body);
    expect((await api.send('GET', `/api/trunks/${id}`)).body).toEqual(made.body);
    expect(JSON.stringify([made.body, listed.body])).not.toContain('very secret');
  });

  test('is changed field by field; null takes what the operator set', async () => {
    const { trunk_id: id } = (await create({ ...outbound, max_calls: 3, calls_per_second: 2 })).body;
    const changed = await api.send('PATCH', `/api/trunks/${id}`, {
      body: { max_calls: null, from_number: '+14155550199' },
    });
    expect(changed.body).toMatchObject({ max_calls: null, calls_per_second: 2, from_number: '+14155550199' });
    const refused = await api.send('PATCH', `/api/trunks/${id}`, { body: { agent: 'receptionist' } });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', detail: expect.stringMatching(/outbound.*agent/) },
    });
  });

  test('that somebody deleted in LiveKit is shown as gone, and can be deleted here', async () => {
    const { trunk_id: id } = (await create(outbound)).body;
    await api.deps.sipTrunks.remove(id);
    expect((await api.send('GET', `/api/trunks/${id}`)).body).toMatchObject({ exists: false, name: null });
    expect((await api.send('DELETE', `/api/trunks/${id}`)).status).toBe(204);
    expect((await api.send('GET', `/api/trunks/${id}`)).body.code).toBe('trunk_not_found');
  });
});

describe('an inbound trunk', () => {
  test('is answered by its agent: the rule tells our workers which, and whose call it is', async () => {
    const { status, body } = await create({ ...inbound, allowed_addresses: ['54.172.60.0/30'] });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { direction: 'inbound', agent: 'receptionist', allowed_addresses: ['54.172.60.0/30'], address: null },
    });
    expect(await rulesOf(body.trunk_id)).toMatchObject([{ metadata: { agent: 'receptionist', tenantId } }]);
  });

  test('changes who answers in one step, and goes with its rule', async () => {
    const { trunk_id: id } = (await create(inbound)).body;
    const [before] = await rulesOf(id);
    const changed = await api.send('PATCH', `/api/trunks/${id}`, { body: { agent: 'reminder' } });
    expect(changed.body).toMatchObject({ agent: 'reminder' });
    expect(await rulesOf(id)).toEqual([{ ...before, metadata: { agent: 'reminder', tenantId } }]);
    expect((await api.send('DELETE', `/api/trunks/${id}`)).status).toBe(204);
    expect(await rulesOf(id)).toEqual([]);
    expect((await api.deps.sipTrunks.list()).map((line) => line.id)).not.toContain(id);
  });

  test('for an agent that does not exist is refused, and nothing is left in LiveKit', async () => {
    const before = (await api.deps.sipTrunks.list()).length;
    const refused = await create({ ...inbound, agent: 'recepcionist' });
    expect(refused).toMatchObject({ status: 404, body: { code: 'agent_not_found', agents: expect.any(Array) } });
    expect(await api.deps.sipTrunks.list()).toHaveLength(before);
  });
});

test.each([
  ['a number that is none', { ...outbound, numbers: ['12'] }, 'numbers.0'],
  ['no number', { ...inbound, numbers: [] }, 'numbers'],
  ['a full SIP URI', { ...outbound, address: 'sip:me@carrier.example.com' }, 'address'],
  ['a country in words', { ...outbound, allowed_countries: ['Canada'] }, 'allowed_countries.0'],
  ['another direction', { ...outbound, direction: 'both' }, 'direction'],
  ['fields of the other direction', { ...inbound, address: 'x.example.com' }, ''],
])('a trunk with %s is refused', async (_what, body, field) => {
  const refused = await create(body);
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  if (field) expect(refused.body.field).toBe(field);
});

test("trunks that no tenant claimed are the operator's: theirs to see, to set and to keep", async () => {
  await tenantStore(api.database).ensureTenant({ id: 'default', name: 'Default' });
  const { key } = await createKey({ tenantId: 'default', name: 'operator', scopes: ['admin'] }, api.deps.keys);
  const claimed = (await create(outbound)).body.trunk_id;
  const made = await api.deps.sipTrunks.create({ ...outbound, direction: 'outbound', numbers: ['+14155550100'] });
  const idsOf = async (options: { key?: string }) =>
    (await api.send('GET', '/api/trunks', options)).body.trunks.map((each: { trunk_id: string }) => each.trunk_id);
  expect(await idsOf({ key })).toEqual([made.id]);
  expect(await idsOf({})).not.toContain(made.id);
  expect((await api.send('GET', `/api/trunks/${claimed}`, { key })).status).toBe(404);
  const changed = await api.send('PATCH', `/api/trunks/${made.id}`, { key, body: { max_calls: 2 } });
  expect(changed).toMatchObject({ status: 200, body: { trunk_id: made.id, max_calls: 2 } });
});

describe('a tenant never goes beyond what the operator set', () => {
  test.each([
    ['countries', { allowed_countries: ['US', 'CU'] }, 'allowed_countries', /CU: the operator allows US/],
    ['calls at once', { max_calls: 6 }, 'max_calls', /5 calls.*PARLEY_TRUNK_MAX_CALLS/],
    ['calls per second', { calls_per_second: 10.5 }, 'calls_per_second', /PARLEY_CALLS_PER_SECOND/],
    ['a number to show', { from_number: '+12125550123' }, 'from_number', /not one of the trunk's numbers/],
    ['a number that costs', { from_number: '+19002345678' }, 'from_number', /not one of the trunk's numbers/],
  ])('%s', async (_, beyond, field, detail) => {
    const refusal = { status: 422, body: { code: 'invalid_request', field, detail: expect.stringMatching(detail) } };
    expect(await create({ ...outbound, ...beyond })).toMatchObject(refusal);
    const { trunk_id: id } = (await create(outbound)).body;
    expect(await api.send('PATCH', `/api/trunks/${id}`, { body: beyond })).toMatchObject(refusal);
  });

  test.each([
    '127.0.0.1:5060',
    '169.254.169.254',
    '10.0.0.7',
    'sip:[::1]',
    '2130706433',
    '0x7f.1',
    'localhost',
    'pbx.localhost',
    'inside.example.com',
    '-',
    '-.example.com',
    'carrier-.example.com',
    'pbx',
  ])('carrier %s', async (address) => {
    expect(await create({ ...outbound, address })).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  });

  test('what was set before the operator lowered it counts no more', async () => {
    const { trunk_id } = (await create({ ...outbound, allowed_countries: ['US'], max_calls: 5 })).body;
    const own = await api.deps.trunks.list(tenantId);
    const rules = { ...api.deps.rules, allowedCountries: ['CA'], trunkMaxCalls: 2, callsPerSecond: 0.5 };
    expect(chooseTrunk({ trunkId: trunk_id }, { own, rules })).toMatchObject({
      allowedCountries: [],
      maxCalls: 2,
      callsPerSecond: 0.5,
    });
  });
});

describe('the number that a call shows', () => {
  const place = (body: object, key?: string) =>
    api.send('POST', '/api/dispatch', {
      ...(key && { key }),
      body: { to: '+14155550133', agent: 'receptionist', dry_run: true, ...body },
    });

  test('is one of its trunk, or of the list of the operator', async () => {
    const { trunk_id } = (await create(outbound)).body;
    expect((await place({ trunk_id, from: '+14155550199' })).body).toMatchObject({ from: '+14155550199' });
    const refused = await place({ trunk_id, from: '+19005551234' });
    expect(refused).toMatchObject({ status: 422, body: { field: 'from' } });
    expect(await place({ trunk_id, from: '+12125550123' })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', field: 'from', numbers: ['+14155550100', '+14155550199'] },
    });
    api.deps.rules.fromNumbers = ['+12125550123'];
    expect((await place({ trunk_id, from: '+12125550123' })).body).toMatchObject({ from: '+12125550123' });
    delete api.deps.rules.fromNumbers;
  });

  test('of a trunk that the operator made with the command is its first; it works when it is named', async () => {
    await tenantStore(api.database).ensureTenant({ id: 'default', name: 'Default' });
    const { key } = await createKey({ tenantId: 'default', name: 'op', scopes: ['calls:write'] }, api.deps.keys);
    const line = { ...outbound, direction: 'outbound' as const, numbers: ['+442079460958'] };
    const { id: trunk_id } = await api.deps.sipTrunks.create(line);
    const to = '+442079460123';
    expect(await place({ trunk_id, to }, key)).toMatchObject({
      status: 200,
      body: { from: '+442079460958', trunk_id },
    });
    const placed = await api.send('POST', '/api/dispatch', { key, body: { to, agent: 'receptionist', trunk_id } });
    expect(placed.status).toBe(202);
    expect((await place({ trunk_id, to })).body).toMatchObject({ code: 'trunk_not_configured' });
  });
});

describe('when LiveKit', () => {
  test('has no SIP service, the answer says what to run', async () => {
    const { url, apiKey, apiSecret } = livekit();
    const without = await openApi({ sipTrunks: sipTrunks({ connection: { url, apiKey, apiSecret }, agentName: 'x' }) });
    const refused = await without.send('POST', '/api/trunks', { body: outbound });
    expect(refused).toMatchObject({ status: 503, body: { code: 'sip_unavailable' } });
    expect(refused.body.detail).toMatch(/Redis and livekit-sip/);
    expect((await without.send('GET', '/api/trunks')).body).toEqual({ trunks: [] });
    await without.close();
  });

  test('is away, the answer says so', async () => {
    const { apiKey, apiSecret } = livekit();
    const connection = { url: 'ws://127.0.0.1:9', apiKey, apiSecret };
    const without = await openApi({ sipTrunks: sipTrunks({ connection, agentName: 'x' }) });
    const refused = await without.send('POST', '/api/trunks', { body: outbound });
    expect(refused).toMatchObject({ status: 503, body: { code: 'livekit_unavailable' } });
    await without.close();
  });
});
