import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WebhookDelivery, WebhookEndpoint } from '../../../src/calls/webhooks/webhook-ports.ts';
import type { WebhookRules } from '../../../src/calls/webhooks/webhook-target.ts';
import { sendWebhook } from '../../../src/dispatch/webhook/send-webhook.ts';
import { type ReceiverAnswer, startWebhookReceiver, type WebhookReceiver } from '../../fakes/webhook-receiver.ts';

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.close());

const ownNetwork: WebhookRules = { allowPrivate: true, resolveHost: async () => [{ address: '127.0.0.1', family: 4 }] };
const at = new Date('2026-05-04T12:00:00Z');

function attempt(url: string, more: { kind?: WebhookEndpoint['kind']; attempts?: number } = {}) {
  const endpoint: WebhookEndpoint = {
    id: 'webhook_1',
    tenantId: 'tenant_a',
    callId: null,
    agent: null,
    kind: more.kind ?? 'events',
    url,
    events: ['call.ended'],
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    createdAt: at,
    disabledAt: null,
    disabledReason: null,
  };
  const delivery: WebhookDelivery = {
    id: 'msg_1',
    endpointId: endpoint.id,
    callId: 'call_1',
    sequence: 1,
    state: 'pending',
    attempts: more.attempts ?? 1,
    nextAttemptAt: at,
    lastStatus: null,
    lastError: null,
    createdAt: at,
    deliveredAt: null,
  };
  return { endpoint, delivery, message: { headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' } };
}

async function answered(answer: ReceiverAnswer, more: Parameters<typeof attempt>[1] = {}) {
  receiver.answers(answer);
  return sendWebhook(attempt(receiver.url, more), ownNetwork);
}

describe('an answer of', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    expect(await answered({ status })).toEqual({ state: 'delivered', status });
    expect(receiver.received).toMatchObject([{ path: '/hook', body: '{"a":1}' }]);
  });

  test.each([400, 401, 404, 409, 429, 500, 502, 503])('%i is tried again', async (status) => {
    expect(await answered({ status })).toMatchObject({ state: 'pending', status, error: /./ });
  });

  test.each([301, 302, 303, 307, 308])('%i is a failure, and is not followed', async (status) => {
    const elsewhere = await startWebhookReceiver();
    const result = await answered({ status, headers: { location: elsewhere.url } });
    expect(result).toMatchObject({
      state: 'pending',
      status,
      error: expect.stringMatching(/Redirects are not followed/),
    });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  test('410 says that the receiver wants no more', async () => {
    expect(await answered({ status: 410 })).toMatchObject({ state: 'gone', status: 410 });
  });

  test('503 with Retry-After is tried again then, given in seconds or as a date', async () => {
    const wait = (result: Awaited<ReturnType<typeof answered>>) =>
      result.state === 'pending' ? result.retryInSeconds : 0;
    const inSeconds = wait(await answered({ status: 503, headers: { 'retry-after': '600' } }));
    expect(inSeconds).toBeGreaterThan(595);
    expect(inSeconds).toBeLessThan(605);
    const until = new Date(Date.now() + 900_000).toUTCString();
    expect(wait(await answered({ status: 429, headers: { 'retry-after': until } }))).toBeGreaterThan(890);
    expect(wait(await answered({ status: 503, headers: { 'retry-after': 'soon' } }))).toBeLessThan(7);
  });

  test('failure after the last attempt gives the delivery up', async () => {
    expect(await answered({ status: 500 }, { attempts: 10 })).toMatchObject({ state: 'dead', status: 500 });
  });

  test('409 of a workflow that has not come to its wait step is tried soon, later it is the end', async () => {
    expect(await answered({ status: 409 }, { kind: 'resume' })).toMatchObject({ state: 'pending' });
    expect(await answered({ status: 409 }, { kind: 'resume', attempts: 5 })).toMatchObject({ state: 'dead' });
    expect(await answered({ status: 503 }, { kind: 'resume', attempts: 5 })).toMatchObject({ state: 'pending' });
  });
});

describe('a receiver that', () => {
  test('sends a body without end is not listened to', async () => {
    expect(await answered({ does: 'endless_body' })).toEqual({ state: 'delivered', status: 200 });
  });

  test.each([
    ['cut', /cut the connection/],
    ['noise', /not HTTP/],
  ] as const)('answers with %s is tried again', async (does, says) => {
    expect(await answered({ does })).toMatchObject({ state: 'pending', error: expect.stringMatching(says) });
  });

  test('never answers is given so long and no longer', async () => {
    receiver.answers({ does: 'hang' });
    const result = await sendWebhook({ ...attempt(receiver.url), timeoutSeconds: 0.2 }, ownNetwork);
    expect(result).toMatchObject({ state: 'pending', error: expect.stringMatching(/no answer within 0\.2 s/) });
  });

  test('is not there is tried again', async () => {
    await receiver.close();
    const result = await sendWebhook(attempt(receiver.url), ownNetwork);
    expect(result).toMatchObject({ state: 'pending', error: expect.stringMatching(/refuses connections/) });
  });
});

describe('a target', () => {
  test('on a private address gets nothing, and people are told why', async () => {
    const rules = { ...ownNetwork, allowPrivate: false };
    for (const url of [receiver.url, `http://receiver.example.com:${receiver.port}/`])
      expect(await sendWebhook(attempt(url), rules)).toMatchObject({
        state: 'pending',
        error: expect.stringMatching(/PARLEY_WEBHOOK_ALLOW_PRIVATE/),
      });
    expect(receiver.received).toEqual([]);
  });

  test('is connected to at the address that was checked, not at what its name leads to a moment later', async () => {
    let asked = 0;
    const rebinding: WebhookRules = {
      allowPrivate: true,
      // Whoever connects by name instead meets the second answer.
      resolveHost: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }],
    };
    const url = `http://rebinding.invalid:${receiver.port}/x`;
    expect(await sendWebhook(attempt(url), rebinding)).toMatchObject({ state: 'delivered' });
    expect(asked).toBe(1);
    expect(receiver.received[0]?.headers.host).toBe(`rebinding.invalid:${receiver.port}`);
  });

  test('gets its URL byte for byte', async () => {
    const path = '/webhook-waiting/42?signature=a%2Fb%3D&x=1+2';
    await sendWebhook(attempt(`http://127.0.0.1:${receiver.port}${path}`), ownNetwork);
    expect(receiver.received[0]?.path).toBe(path);
  });
});
