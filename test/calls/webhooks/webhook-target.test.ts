import { expect, test } from 'vitest';
import {
  checkWebhookUrl,
  resolveWebhookTarget,
  type WebhookRules,
} from '../../../src/calls/webhooks/webhook-target.ts';

/** A name service that knows these names. */
function names(known: Record<string, string[]>, allowPrivate = false): WebhookRules {
  return {
    allowPrivate,
    async resolveHost(host) {
      const found = known[host];
      if (!found) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  };
}

const known = names({
  'hooks.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example.com': ['10.0.0.7'],
  'both.example.com': ['93.184.215.14', '127.0.0.1'],
});

test('a public name leads to all its addresses', async () => {
  const { url, addresses } = await resolveWebhookTarget('https://hooks.example.com/calls?signature=a%2Fb', known);
  expect(url.href).toBe('https://hooks.example.com/calls?signature=a%2Fb');
  expect(addresses).toHaveLength(2);
});

test.each([
  [
    'a private address behind a name',
    'https://inside.example.com/',
    /leads to 10\.0\.0\.7.*PARLEY_WEBHOOK_ALLOW_PRIVATE/,
  ],
  ['one private address among public ones', 'https://both.example.com/', /leads to 127\.0\.0\.1/],
  ['an address', 'http://127.0.0.1:8080/', /127\.0\.0\.1 is not an address on the open internet/],
  ['an address as one number', 'http://2130706433/', /127\.0\.0\.1/],
  ['an address in hexadecimal', 'http://0x7f.1/', /127\.0\.0\.1/],
  ['an address in octal', 'http://0177.0.0.1/', /127\.0\.0\.1/],
  ['IPv6 loopback', 'http://[::1]/', /::1 is not/],
  ['mapped IPv6', 'http://[::ffff:169.254.169.254]/', /is not an address on the open internet/],
  ['localhost', 'http://localhost:5678/webhook', /localhost/],
  ['a name under localhost', 'http://n8n.localhost/', /localhost/],
  ['a name that nobody has', 'https://nowhere.example.com/', /cannot be resolved/],
  ['another protocol', 'file:///etc/passwd', /not a web address/],
  ['another protocol', 'gopher://hooks.example.com/', /not a web address/],
  ['no URL', 'hooks.example.com', /not a web address/],
])('refuses %s', async (_what, url, says) => {
  await expect(resolveWebhookTarget(url, known)).rejects.toThrow(says);
});

test('the operator may allow the addresses of their own network', async () => {
  const rules = names({ n8n: ['10.0.0.7'] }, true);
  expect((await resolveWebhookTarget('http://n8n:5678/webhook/x', rules)).addresses).toEqual([
    { address: '10.0.0.7', family: 4 },
  ]);
  expect((await resolveWebhookTarget('http://[::1]:5678/', rules)).addresses).toEqual([{ address: '::1', family: 6 }]);
});

test('a request that names such a URL is told which field and what to do', async () => {
  const check = (url: string, resolve: boolean) => checkWebhookUrl({ url, field: 'webhook.url', resolve }, known);
  await expect(check('https://inside.example.com/', true)).rejects.toMatchObject({
    code: 'invalid_request',
    field: 'webhook.url',
    message: expect.stringMatching(/PARLEY_WEBHOOK_ALLOW_PRIVATE=1/),
  });
  // Without asking the name service only what is written there can be judged.
  await check('https://inside.example.com/', false);
  await expect(check('http://10.0.0.7/', false)).rejects.toMatchObject({ code: 'invalid_request' });
});
