import { Webhook } from 'standardwebhooks';
import { afterAll, expect, test } from 'vitest';
import { askBackend } from '../../../src/calls/before-answer/ask-backend.ts';
import { readAdvice } from '../../../src/calls/before-answer/read-advice.ts';
import { readPrivatePlaces } from '../../../src/calls/tools/tool-address.ts';
import { json, type Listening, listen } from '../../fakes/http-double.ts';
import { aCallRow } from '../../worker/a-call.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const open: Listening[] = [];
afterAll(() => Promise.all(open.map((server) => server.close())));

type Request = { headers: Record<string, string>; body: string };

/** A backend that answers so, and what it was asked. */
async function aBackend(status: number, answer: unknown) {
  const asked: Request[] = [];
  const server = await listen({
    request(request, response, body) {
      asked.push({ headers: request.headers as Record<string, string>, body: body.toString() });
      if (status > 0) json(response, status, answer);
    },
  });
  open.push(server);
  return { asked, url: `http://127.0.0.1:${server.port}/calls` };
}

function ask(url: string, { timeoutMs = 1500, privateHosts = ['127.0.0.1'] } = {}) {
  return askBackend(
    { call: aCallRow({ variables: { shop: 'Miller' } }), backend: { url, secret: 'CRM', timeout_ms: timeoutMs } },
    {
      addresses: {
        places: readPrivatePlaces(privateHosts),
        resolveHost: () => Promise.reject(new Error('Nothing is resolved in tests.')),
      },
      secrets: { CRM: secret },
    },
  );
}

test('asks once, signed as a webhook, with who calls whom', async () => {
  const backend = await aBackend(200, { variables: { customer: 'Ann', order: 4711 }, agent: 'vip', language: 'de' });
  const { advice, notes, status } = await ask(backend.url);
  expect(advice).toEqual({ variables: { customer: 'Ann', order: '4711' }, agent: 'vip', language: 'de' });
  expect({ notes, status }).toEqual({ notes: [], status: 200 });
  expect(backend.asked).toHaveLength(1);
  const [{ headers, body }] = backend.asked as [Request];
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    id: 'before_answer_call_7',
    type: 'call.before_answer',
    call_id: 'call_7',
    data: {
      direction: 'inbound',
      agent: 'receptionist',
      caller_number: '+14155550111',
      called_number: '+14155550100',
      variables: { shop: 'Miller' },
    },
  });
});

test.each([
  ['an error', 500, { refuse: true }, 'The server failed (status 500).'],
  ['a refusal', 404, { refuse: true }, 'The backend answered 404.'],
  ['a promise for later', 202, {}, 'The backend answered 202.'],
  ['a redirect', 302, {}, expect.stringContaining('points elsewhere')],
  ['a list', 200, [{ agent: 'vip' }], 'The answer is not a JSON object.'],
])('takes %s for no advice', async (_what, status, answer, note) => {
  const { url } = await aBackend(status, answer);
  expect(await ask(url)).toMatchObject({ advice: { variables: {} }, notes: [note], status });
});

test('does not wait longer than the deadline', async () => {
  const { url, asked } = await aBackend(0, undefined);
  const { advice, notes, latencyMs } = await ask(url, { timeoutMs: 100 });
  expect(advice).toEqual({ variables: {} });
  expect(notes).toEqual(['The server did not answer in time.']);
  expect(latencyMs).toBeLessThan(1_000);
  expect(asked).toHaveLength(1);
});

test('sends nothing to a private address that is not listed', async () => {
  const { url, asked } = await aBackend(200, {});
  const { notes } = await ask(url, { privateHosts: [] });
  expect(notes).toEqual([expect.stringMatching(/^It was not sent: 127\.0\.0\.1 leads to/)]);
  expect(asked).toEqual([]);
});

test('does not pass its own secret on', async () => {
  const { url } = await aBackend(200, { variables: { echo: `it was ${secret}` } });
  expect((await ask(url)).advice.variables).toEqual({ echo: 'it was [secret]' });
});

test('an answer counts as far as it fits', () => {
  expect(
    readAdvice({
      variables: { customer: null, 'Not a name': 'x', nested: { a: 1 }, vip: true },
      agent: 7,
      language: '',
      refuse: 'closed for today',
      agnet: 'vip',
    }),
  ).toEqual({
    advice: { variables: { customer: '', vip: 'true' }, refused: { reason: 'closed for today' } },
    notes: [
      '`agent` is not a text.',
      '`language` is not a text.',
      '"Not a name" cannot be the name of a variable.',
      '`variables.nested` is neither a text nor a number.',
      'There is no field agnet.',
    ],
  });
  expect(readAdvice(undefined)).toEqual({ advice: { variables: {} }, notes: [] });
  expect(readAdvice({ refuse: false }).advice.refused).toBeUndefined();
  expect(readAdvice({ refuse: 0 }).notes).toEqual(['`refuse` is neither true nor a reason.']);
});
