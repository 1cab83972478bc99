import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('leads', () => {
  test('are one per email, and keep what an update leaves out', async () => {
    const first = await api.send('POST', '/api/leads', {
      body: { email: 'Ada@Example.com', name: 'Ada', phone_number: '+1 415 555 2671', data: { a: 1 } },
    });
    expect(first).toMatchObject({ status: 201, body: { email: 'ada@example.com', phone_number: '+14155552671' } });
    const second = await api.send('POST', '/api/leads', {
      body: { email: 'ada@example.com', company: 'Engines', name: null, data: { b: 2 } },
    });
    expect(second).toMatchObject({
      status: 200,
      body: { lead_id: first.body.lead_id, name: null, company: 'Engines', data: { a: 1, b: 2 } },
    });
    const found = await api.send('GET', '/api/leads?email=ADA@example.com');
    expect(found.body.leads).toHaveLength(1);
    expect((await api.send('GET', `/api/leads/${first.body.lead_id}`)).body.company).toBe('Engines');
  });

  test('come from CSV, where a wrong line is rejected by itself', async () => {
    const csv =
      'email,name,phone_number,city\nbob@example.com,Bob,+14155552672,Oslo\nnobody,X,,\neve@example.com,Eve,12,\n';
    const { status, body } = await api.send('POST', '/api/leads/import', {
      body: csv,
      headers: { 'Content-Type': 'text/csv' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ created: 1, updated: 0, rejected: [{ line: 3 }, { line: 4 }] });
    const { body: found } = await api.send('GET', '/api/leads?email=bob@example.com');
    expect(found.leads).toMatchObject([{ name: 'Bob', data: { city: 'Oslo' } }]);
  });

  test('refuse a body that is no CSV', async () => {
    const json = await api.send('POST', '/api/leads/import', { body: { email: 'x' } });
    expect(json).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
    const headless = await api.send('POST', '/api/leads/import', {
      body: 'a,b\n1,2\n',
      headers: { 'Content-Type': 'text/csv' },
    });
    expect(headless).toMatchObject({ status: 422, body: { field: 'email' } });
  });
});
