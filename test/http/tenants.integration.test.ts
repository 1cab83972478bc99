import { afterAll, beforeAll, expect, test } from 'vitest';
import { openapiDocument } from '../../src/http/openapi.ts';
import { aCall } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

/** A body that each writing route with an id in its path accepts. */
const bodies: Record<string, object | string> = {
  'post /api/calls/{id}/say': { text: 'Hello.' },
  'post /api/calls/{id}/whisper': { text: 'Offer the blue one.' },
  'post /api/calls/{id}/dtmf': { digits: '1' },
  'post /api/calls/{id}/transfer': { to: '+15551234567' },
  'patch /api/webhooks/{id}': { enabled: false },
  'post /api/webhooks/{id}/rotate-secret': { overlap_seconds: 0 },
  'patch /api/trunks/{id}': { max_calls: 1 },
  'post /api/campaigns/{id}/recipients': { recipients: [{ to: '+14155552671' }] },
  'post /api/campaigns/{id}/recipients/import': 'phone_number\n+14155552671\n',
};

/** What the other tenant has of each noun, by where its routes are, and what is said when an id is not found. */
const nouns = {
  '/api/calls/': 'call',
  '/api/keys/': 'key',
  '/api/leads/': 'lead',
  '/api/webhooks/deliveries/': 'delivery',
  '/api/webhooks/': 'webhook',
  '/api/trunks/': 'trunk',
  '/api/campaigns/': 'campaign',
} as const;
type Noun = (typeof nouns)[keyof typeof nouns];

let api: Api;
const foreign = {} as Record<Noun, string[]>;

beforeAll(async () => {
  api = await openApi();
  const live = await api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
  const waiting = await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  const { body: lead } = await api.send('POST', '/api/leads', { body: { email: 'ada@example.com', name: 'Ada' } });
  const { body: keys } = await api.send('GET', '/api/keys');
  const { body: webhook } = await api.send('POST', '/api/webhooks', {
    body: { url: 'https://hooks.example.com/a', events: ['call.queued'] },
  });
  await api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
  const { body: sent } = await api.send('GET', '/api/webhooks/deliveries');
  const { body: trunk } = await api.send('POST', '/api/trunks', {
    body: { direction: 'inbound', name: 'Front desk', numbers: ['+14155550100'], agent: 'receptionist' },
  });
  foreign.webhook = [webhook.webhook_id];
  foreign.delivery = sent.deliveries.map((delivery: { delivery_id: string }) => delivery.delivery_id);
  const { body: campaign } = await api.send('POST', '/api/campaigns', { body: { name: 'May', agent: 'receptionist' } });
  foreign.campaign = [campaign.campaign_id];
  foreign.trunk = [trunk.trunk_id];
  foreign.call = [(await endedCall(api)).id, live.id, waiting.id];
  foreign.lead = [lead.lead_id];
  foreign.key = keys.keys.map((key: { key_id: string }) => key.key_id);
});
afterAll(() => api.close());

test('no route with an id shows or touches what belongs to another tenant', async () => {
  const before = await everything();
  let tried = 0;
  for (const { method, path } of operations().filter((each) => each.path.includes('{id}'))) {
    const noun = nounOf(path);
    const body = bodies[`${method} ${path}`];
    for (const id of foreign[noun]) {
      const answer = await api.send(method.toUpperCase(), path.replace('{id}', id).replace('{command}', 'pause'), {
        key: api.otherKey,
        body,
        headers: typeof body === 'string' ? { 'Content-Type': 'text/csv' } : {},
      });
      expect({ method, path, ...answer }).toMatchObject({
        status: 404,
        body: { code: `${noun}_not_found` },
      });
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(20);
  expect(await everything()).toEqual(before);
});

const operatorOnly = new Set(['/api/doctor', '/api/settings/fingerprints', '/api/tenants']);
const asks: Record<string, string> = { '/api/personal-data': '?email=ada@example.com' };

test('no list shows what belongs to another tenant', async () => {
  for (const { method, path } of operations().filter((each) => each.method === 'get' && !each.path.includes('{'))) {
    const { status, body } = await api.send(method.toUpperCase(), `${path}${asks[path] ?? ''}`, { key: api.otherKey });
    // What the program was started with, and who its tenants are, is for the operator's tenant only.
    expect({ path, status }).toEqual({ path, status: operatorOnly.has(path) ? 403 : 200 });
    for (const id of Object.values(foreign).flat()) expect(JSON.stringify(body)).not.toContain(id);
  }
});

test('a lead of one tenant is another lead than that of the same email in another', async () => {
  const { status, body } = await api.send('POST', '/api/leads', {
    key: api.otherKey,
    body: { email: 'ada@example.com', name: 'Countess' },
  });
  expect(status).toBe(201);
  expect(foreign.lead).not.toContain(body.lead_id);
  expect((await api.send('GET', `/api/leads/${foreign.lead[0]}`)).body.name).toBe('Ada');
});

test('a key can only make keys of its own tenant', async () => {
  const { body } = await api.send('POST', '/api/keys', {
    key: api.otherKey,
    body: { name: 'x', scopes: ['calls:read'] },
  });
  const { body: seen } = await api.send('GET', '/api/calls', { key: body.key });
  expect(seen.calls).toEqual([]);
});

test('every route under /api refuses a request without a key', async () => {
  for (const { method, path } of operations()) {
    const answer = await api.send(method.toUpperCase(), path.replace(/\{\w+\}/, 'x'), { key: null });
    expect({ path, ...answer }).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  }
});

function operations() {
  return Object.entries(openapiDocument(api.app, '0').paths ?? {})
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, item]) => Object.keys(item).map((method) => ({ method, path })));
}

function nounOf(path: string): Noun {
  const found = Object.entries(nouns).find(([start]) => path.startsWith(start));
  if (!found) throw new Error(`Say here what the other tenant has of ${path}, so that this test covers it.`);
  return found[1];
}

/** The first tenant's rows, as the database has them, but for when a key was used. */
async function everything(): Promise<unknown> {
  const tables = [
    'calls',
    'call_events',
    'call_turns',
    'leads',
    'api_keys',
    'webhook_endpoints',
    'webhook_deliveries',
    'trunk_settings',
    'campaigns',
    'campaign_recipients',
  ];
  const rows = await Promise.all(
    tables.map((table) =>
      api.database.pool.query(`SELECT to_jsonb(t) - 'last_used_at' AS row FROM parley.${table} t ORDER BY t::text`),
    ),
  );
  return rows.map((result) => result.rows);
}
