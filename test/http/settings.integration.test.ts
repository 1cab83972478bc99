import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ operatorTenantId: tenantId });
});
afterAll(() => api.close());

test("the operator's admin is told fingerprints of the settings, with another salt each time", async () => {
  const [first, second] = [
    await api.send('GET', '/api/settings/fingerprints'),
    await api.send('GET', '/api/settings/fingerprints'),
  ];
  expect(first).toMatchObject({ status: 200, body: { started_at: '1970-01-01T00:00:00.000Z', secrets: '' } });
  expect(first.body.settings).toEqual({ PARLEY_PORT: first.body.salt });
  expect(first.body.salt).not.toBe(second.body.salt);
});

test('nobody else is: another tenant, or a key that is no admin', async () => {
  for (const key of [api.otherKey, await api.keyOf(tenantId, ['calls:read'])])
    expect(await api.send('GET', '/api/settings/fingerprints', { key })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    });
});
