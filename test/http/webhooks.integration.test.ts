import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCall, tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const url = 'https://hooks.example.com/calls';
const create = async (body: object = {}) => (await api.send('POST', '/api/webhooks', { body: { url, ...body } })).body;
const queue = () => api.deps.calls.insertCall(aCall(), { type: 'call.queued' });
const deliveriesOf = async (webhookId: string) =>
  (await api.send('GET', `/api/webhooks/deliveries?webhook_id=${webhookId}`)).body.deliveries;

describe('a webhook', () => {
  test('tells its secret when it is made, and never again', async () => {
    const made = await api.send('POST', '/api/webhooks', { body: { url, events: ['call.ended', 'call.ended'] } });
    expect(made).toMatchObject({
      status: 201,
      body: { url, events: ['call.ended'], secret: expect.stringMatching(/^whsec_/), disabled_at: null },
    });
    const { webhook_id: id, secret } = made.body;
    for (const path of ['/api/webhooks', `/api/webhooks/${id}`]) {
      const { status, body } = await api.send('GET', path);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).toContain(id);
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  test('is changed field by field, and deleted', async () => {
    const { webhook_id: id } = await create({ events: ['call.ended'] });
    const path = `/api/webhooks/${id}`;
    expect((await api.send('PATCH', path, { body: { events: ['call.queued'] } })).body).toMatchObject({
      url,
      events: ['call.queued'],
    });
    expect((await api.send('DELETE', path)).status).toBe(204);
    expect((await api.send('GET', path)).body.code).toBe('webhook_not_found');
    expect((await api.send('DELETE', path)).body.code).toBe('webhook_not_found');
  });

  test('gets a new secret, while the old one goes on signing for as long as asked', async () => {
    const { webhook_id: id, secret } = await create();
    const { status, body } = await api.send('POST', `/api/webhooks/${id}/rotate-secret`, { body: {} });
    expect(status).toBe(200);
    expect(body.secret).not.toBe(secret);
    const kept = await api.deps.webhooks.findEndpoint(id, tenantId);
    expect(kept?.secrets).toEqual([body.secret, secret]);
    const { body: again } = await api.send('POST', `/api/webhooks/${id}/rotate-secret`, {
      body: { overlap_seconds: 0 },
    });
    expect((await api.deps.webhooks.findEndpoint(id, tenantId))?.secrets).toEqual([again.secret]);
  });

  test.each([
    ['a private address', { url: 'http://10.0.0.7/hook' }, 'url', /PARLEY_WEBHOOK_ALLOW_PRIVATE/],
    ['a name that leads to one', { url: 'https://inside.example.com/' }, 'url', /leads to 10\.0\.0\.7/],
    ['a name that leads nowhere', { url: 'https://nowhere.test/' }, 'url', /cannot be resolved/],
    ['another protocol', { url: 'ftp://hooks.example.com/' }, 'url', /https:\/\/hooks\.example\.com/],
    ['an event that does not exist', { url, events: ['call.started'] }, 'events.0', /call\.ended/],
    ['an event of the live stream', { url, events: ['turn.agent'] }, 'events.0', /call\.ended/],
    ['no event', { url, events: [] }, 'events', /./],
  ])('is refused with %s', async (_what, body, field, says) => {
    const refused = await api.send('POST', '/api/webhooks', { body });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request', field } });
    expect(JSON.stringify(refused.body)).toMatch(says);
  });

  test('is not moved to a private address either', async () => {
    const { webhook_id: id } = await create();
    const refused = await api.send('PATCH', `/api/webhooks/${id}`, { body: { url: 'http://127.0.0.1/' } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request', field: 'url' } });
  });

  test('needs a key with the scope admin', async () => {
    const key = await api.keyOf(tenantId, ['calls:read', 'calls:write']);
    for (const path of ['/api/webhooks', '/api/webhooks/deliveries', '/api/webhooks/call-secret', '/api/trunks'])
      expect(await api.send('GET', path, { key })).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
  });

  test('of single calls is signed with a secret that the tenant can read', async () => {
    const { body } = await api.send('GET', '/api/webhooks/call-secret');
    const other = await api.send('GET', '/api/webhooks/call-secret', { key: api.otherKey });
    expect(body.secret).toMatch(/^whsec_/);
    expect(other.body.secret).not.toBe(body.secret);
    const call = await api.deps.calls.insertCall(
      aCall({ webhooks: [{ kind: 'events', url, events: ['call.queued'] }] }),
      { type: 'call.queued' },
    );
    const { deliveries } = await api.deps.deliveries.listDeliveries({ tenantId, callId: call.id, limit: 50 });
    const claims = await Promise.all(
      deliveries.map(({ endpointId }) =>
        api.deps.deliveries.claimDelivery({ callId: call.id, endpointId, lockSeconds: 1 }),
      ),
    );
    const secrets = claims.flatMap((claim) =>
      claim.is === 'claimed' && claim.endpoint.callId ? claim.endpoint.secrets : [],
    );
    expect(secrets).toEqual([body.secret]);
  });
});

describe('a delivery', () => {
  test('is listed with what became of it, and sent again when asked', async () => {
    const { webhook_id: id } = await create({ events: ['call.queued'] });
    const call = await queue();
    const [pending] = await deliveriesOf(id);
    expect(pending).toMatchObject({ call_id: call.id, sequence: 1, status: 'pending', attempts: 0 });
    const { delivery_id: deliveryId } = pending;
    await api.deps.deliveries.settleDelivery(deliveryId, { state: 'dead', status: 500, error: 'It answered 500.' });
    expect((await api.send('GET', '/api/webhooks/deliveries?status=dead')).body.deliveries).toMatchObject([
      { delivery_id: deliveryId, last_status: 500, last_error: 'It answered 500.', next_attempt_at: null },
    ]);
    const again = await api.send('POST', `/api/webhooks/deliveries/${deliveryId}/redeliver`);
    expect(again).toMatchObject({ status: 202, body: { delivery_id: deliveryId, status: 'pending', attempts: 0 } });
  });

  test('to a disabled webhook is refused until it is enabled', async () => {
    const { webhook_id: id } = await create({ events: ['call.queued'] });
    await queue();
    const disabled = await api.send('PATCH', `/api/webhooks/${id}`, { body: { enabled: false } });
    expect(disabled.body.disabled_at).not.toBeNull();
    const [dead] = await deliveriesOf(id);
    expect(dead).toMatchObject({ status: 'dead', last_error: expect.stringMatching(/operator/) });
    const path = `/api/webhooks/deliveries/${dead.delivery_id}/redeliver`;
    expect(await api.send('POST', path)).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } });
    await queue();
    expect(await deliveriesOf(id)).toHaveLength(1);
    await api.send('PATCH', `/api/webhooks/${id}`, { body: { enabled: true } });
    expect((await api.send('POST', path)).status).toBe(202);
  });

  test('list is read page by page', async () => {
    const { webhook_id: id } = await create({ events: ['call.queued'] });
    for (let count = 0; count < 3; count += 1) await queue();
    const path = `/api/webhooks/deliveries?webhook_id=${id}&limit=2`;
    const { body: first } = await api.send('GET', path);
    const { body: second } = await api.send('GET', `${path}&cursor=${encodeURIComponent(first.next_cursor)}`);
    const ids = [...first.deliveries, ...second.deliveries].map((delivery) => delivery.delivery_id);
    expect(new Set(ids).size).toBe(3);
    expect(second.next_cursor).toBeNull();
  });
});

test('a dispatch that names a private address is refused before any call is placed', async () => {
  const body = { to: '+14155552671', agent: 'receptionist' };
  for (const [field, more] of [
    ['webhook.url', { webhook: { url: 'http://169.254.169.254/latest' } }],
    ['resume_url', { resume_url: 'http://localhost:5678/webhook-waiting/1' }],
  ] as const) {
    const refused = await api.send('POST', '/api/dispatch', { body: { ...body, ...more } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request', field } });
  }
});
