import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { campaignFields, recipientFields } from '../../src/http/shapes/campaign-fields.ts';
import { dispatchFields, webhookEventTypes } from '../../src/http/shapes/dispatch-fields.ts';

/** The node package is a project of its own, compiled for n8n, so its types are not read here. */
async function load<Module>(file: string): Promise<Module> {
  return (await import(new URL(`../../integrations/n8n/nodes/Parley/${file}.ts`, import.meta.url).href)) as Module;
}

type Origin = { workflowId: string; executionId: string; nodeId: string; runIndex: number; itemIndex: number };
const { campaignBody, recipientBody, isAtRest, dispatchBody, idempotencyKey, withOffset } = await load<{
  campaignBody: (fields: Record<string, unknown>) => Record<string, unknown>;
  recipientBody: (fields: { to: string; variables: unknown }) => Record<string, unknown>;
  isAtRest: (campaign: Record<string, unknown>) => boolean;
  dispatchBody: (fields: Record<string, unknown>) => Record<string, unknown>;
  idempotencyKey: (origin: Origin) => string;
  withOffset: (value: unknown, timezone: string, label: string) => string;
}>('dispatch-request');
const { eachItem } = await load<{
  eachItem: (
    count: number,
    work: (index: number) => Promise<unknown>,
  ) => Promise<{ index: number; value?: unknown; error?: Error }[]>;
}>('each-item');
const { eventOptions } = await load<{ eventOptions: { value: string }[] }>('event-options');
const { refusalOf } = await load<{
  refusalOf: (
    request: { headers: Record<string, unknown>; rawBody: Buffer | undefined },
    secret: string,
    nowSeconds: number,
  ) => string | undefined;
}>('standard-webhook');

const call = { to: '+14155550123', agent: 'reminder', variables: '{}', options: {}, timezone: 'Europe/Berlin' };

describe('what the node sends to place a call', () => {
  test('is accepted by the API with every option set', () => {
    const body = dispatchBody({
      ...call,
      variables: '{"name": "Ada", "age": 36}',
      resumeUrl: 'https://n8n.example.com/webhook-waiting/7/node?signature=a%2Bb',
      options: {
        dryRun: true,
        from: '+14155550100',
        lead: '{"email": "ada@example.com"}',
        maxCostUsd: 0.5,
        maxMinutes: 3,
        metadata: '{"order": 7}',
        notBefore: `${new Date().getFullYear()}-12-31T10:00:00`,
        pipeline: '{"preset": "cloud", "tts": "piper-http-tts"}',
        playbook: '## Aim',
        retry: { values: { delays: '300, 900', maxAttempts: 2, on: ['busy'] } },
        ringSeconds: 30,
        silenceSeconds: 10,
        trunkId: 'ST_abc',
        voicemail: { values: { action: 'leave_message', message: '' } },
        webhook: { values: { url: 'https://hooks.example.com/calls', events: ['call.ended'] } },
        window: { values: { days: ['mon'], start: '09:00', end: '18:00', timezone: '' } },
      },
    });
    const read = dispatchFields.parse(body);
    expect(read).toMatchObject({
      variables: { name: 'Ada', age: '36' },
      resume_url: 'https://n8n.example.com/webhook-waiting/7/node?signature=a%2Bb',
      schedule: { window: { start: '09:00', end: '18:00', days: ['mon'], timezone: 'Europe/Berlin' } },
      retry: { max_attempts: 2, on: ['busy'], delays: [300, 900] },
      limits: { ringSeconds: 30, maxMinutes: 3, silenceSeconds: 10, maxCostUsd: 0.5 },
      lead: { email: 'ada@example.com' },
      voicemail: { action: 'leave_message' },
      dry_run: true,
    });
  });

  test('leaves out what was left empty', () => {
    const options = { from: '', metadata: '', retry: {}, window: {}, notAfter: '' };
    expect(dispatchBody({ ...call, options })).toEqual({ to: '+14155550123', agent: 'reminder', variables: {} });
  });

  test('leaves empty cells out and writes numbers as text', () => {
    const body = dispatchBody({
      ...call,
      variables: { name: 'Ada', age: 36, vip: true, middle: null, note: undefined, blank: '' },
      options: {
        from: 14155550100,
        lead: '{"email": "ada@example.com", "phone_number": 14155550123, "name": null, "data": {"a": null}}',
      },
    });
    expect(body).toEqual({
      to: '+14155550123',
      agent: 'reminder',
      variables: { name: 'Ada', age: '36', vip: 'true', blank: '' },
      from: '14155550100',
      lead: { email: 'ada@example.com', phone_number: '14155550123', data: { a: null } },
    });
  });

  test('goes on with the next item when one fails', async () => {
    const worked: number[] = [];
    const outcomes = await eachItem(4, async (index) => {
      worked.push(index);
      if (index % 2 === 1) throw new Error(`no ${index}`);
      return index * 10;
    });
    expect(worked).toEqual([0, 1, 2, 3]);
    expect(outcomes).toEqual([
      { index: 0, value: 0 },
      { index: 1, error: new Error('no 1') },
      { index: 2, value: 20 },
      { index: 3, error: new Error('no 3') },
    ]);
  });

  test.each([
    [{ variables: '{"name": ' }, /Variables: this is not JSON/],
    [{ variables: '["Ada"]' }, /Variables: write a JSON object/],
    [{ options: { lead: '{email}' } }, /Lead: this is not JSON/],
    [{ options: { retry: { values: { delays: 'soon' } } } }, /Delays: write seconds/],
    [{ options: { notBefore: 'tomorrow' } }, /Not Before: write a time/],
  ])('is refused before anything is sent when it cannot be read: %j', (wrong, message) => {
    expect(() => dispatchBody({ ...call, ...wrong })).toThrow(message);
  });

  test('means times without an offset in the timezone of the workflow, also around a change of the clocks', () => {
    expect(withOffset('2026-07-01T10:00:00', 'Europe/Berlin', '')).toBe('2026-07-01T08:00:00.000Z');
    expect(withOffset('2026-03-29T03:30:00', 'Europe/Berlin', '')).toBe('2026-03-29T01:30:00.000Z');
    expect(withOffset('2026-10-25T04:00:00', 'Europe/Berlin', '')).toBe('2026-10-25T03:00:00.000Z');
    expect(withOffset('2026-07-01', 'America/New_York', '')).toBe('2026-07-01T04:00:00.000Z');
    expect(withOffset('2026-07-01T10:00:00+02:00', 'America/New_York', '')).toBe('2026-07-01T08:00:00.000Z');
  });
});

describe('the idempotency key of the node', () => {
  const origin = { workflowId: 'w', executionId: '12', nodeId: 'n', runIndex: 0, itemIndex: 0 };

  test('is the same when the node is retried', () => {
    expect(idempotencyKey(origin)).toBe(idempotencyKey({ ...origin }));
  });

  test('is another one for every execution, node, round of a loop and item', () => {
    const others = [{ workflowId: 'x' }, { executionId: '13' }, { nodeId: 'm' }, { runIndex: 1 }, { itemIndex: 1 }];
    const keys = [origin, ...others.map((other) => ({ ...origin, ...other }))].map(idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is one that the API takes, whatever the ids are', () => {
    const key = idempotencyKey({ ...origin, workflowId: 'ü'.repeat(300), nodeId: 'a b' });
    expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
  });
});

describe('the trigger', () => {
  test('offers every event that webhooks carry, and no other', () => {
    expect(eventOptions.map(({ value }) => value).toSorted()).toEqual([...webhookEventTypes].toSorted());
  });

  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const rawBody = Buffer.from('{"type":"call.ended","data":{"name":"Zoë"}}');
  const now = new Date('2026-05-04T12:00:00Z');
  const signed = (by = secret) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(now.getTime() / 1000),
    'webhook-signature': new Webhook(by).sign('msg_1', now, rawBody.toString()),
  });
  const judge = (headers: Record<string, unknown>, body: Buffer | undefined = rawBody, known = secret, later = 0) =>
    refusalOf({ headers, rawBody: body }, known, now.getTime() / 1000 + later);

  test('believes what Parley signed, also while a secret is being replaced', () => {
    expect(judge(signed())).toBeUndefined();
    const both = `${signed(`whsec_${Buffer.alloc(24, 1).toString('base64')}`)['webhook-signature']} ${signed()['webhook-signature']}`;
    expect(judge({ ...signed(), 'webhook-signature': both })).toBeUndefined();
  });

  test('refuses what is forged, changed, stale or unsigned', () => {
    expect(judge({})).toMatch(/not signed/);
    expect(judge(signed(`whsec_${Buffer.alloc(24, 1).toString('base64')}`))).toMatch(/does not fit/);
    expect(judge(signed(), Buffer.from('{"type":"call.ended","data":{}}'))).toMatch(/does not fit/);
    expect(judge({ ...signed(), 'webhook-id': 'msg_2' })).toMatch(/does not fit/);
    expect(judge({ ...signed(), 'webhook-signature': 'v1,' })).toMatch(/does not fit/);
    expect(judge({ ...signed(), 'webhook-signature': 'v2,AAAA' })).toMatch(/does not fit/);
    expect(judge(signed(), rawBody, secret, 301)).toMatch(/too old/);
    expect(judge({ ...signed(), 'webhook-timestamp': '1e99' })).toMatch(/too old/);
    expect(refusalOf({ headers: signed(), rawBody: undefined }, secret, now.getTime() / 1000)).toMatch(/no body/);
  });

  test('believes nobody while it has no secret', () => {
    expect(judge(signed(), rawBody, '')).toMatch(/secret is not known/);
    expect(judge(signed(), rawBody, 'whsec_')).toMatch(/secret is not known/);
  });
});

describe('what the node sends for a campaign', () => {
  test('is accepted by the API with every option set', () => {
    const body = campaignBody({
      name: ' May ',
      agent: 'reminder',
      variables: '{"clinic": "Harbour"}',
      leads: '{"data": {"plan": "gold"}, "never_called": true}',
      pacing: { maxCalls: 20, callsPerMinute: 30, maxConversations: 5, maxSpendUsd: 50 },
      start: true,
      timezone: 'Europe/Berlin',
      options: {
        retry: { values: { delays: '300', maxAttempts: 2, on: ['busy'] } },
        window: { values: { days: ['mon'], start: '09:00', end: '18:00', timezone: '' } },
        webhook: { values: { url: 'https://hooks.example.com/calls' } },
        maxMinutes: 3,
      },
    });
    expect(campaignFields.parse(body)).toMatchObject({
      name: 'May',
      variables: { clinic: 'Harbour' },
      leads: { data: { plan: 'gold' }, never_called: true },
      pacing: { max_calls: 20, calls_per_minute: 30, max_conversations: 5 },
      max_spend_usd: 50,
      start: true,
      retry: { max_attempts: 2 },
      schedule: { window: { timezone: 'Europe/Berlin' } },
      limits: { maxMinutes: 3 },
    });
  });

  test('leaves out what was left empty, and writes numbers of earlier nodes as text', () => {
    const empty = { name: 'May', agent: 'reminder', variables: '', leads: '{}', pacing: {}, start: false, options: {} };
    expect(campaignBody({ ...empty, timezone: 'UTC' })).toEqual({ name: 'May', agent: 'reminder' });
    const person = recipientBody({ to: ' +14155550123 ', variables: { name: 'Ada', age: 36 } });
    expect(recipientFields.parse(person)).toEqual({ to: '+14155550123', variables: { name: 'Ada', age: '36' } });
    expect(() => recipientBody({ to: '+14155550123', variables: '[' })).toThrow(/Variables/);
  });

  test.each([
    ['running', false],
    ['draft', false],
    ['paused', true],
    ['completed', true],
    ['canceled', true],
  ])('a campaign that is %s is waited for no longer: %s', (status, atRest) => {
    expect(isAtRest({ status })).toBe(atRest);
  });
});
