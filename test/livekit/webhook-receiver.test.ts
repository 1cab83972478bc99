import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { expect, test } from 'vitest';
import { livekitWebhookReceiver } from '../../src/livekit/webhook-receiver.ts';

const connection = { apiKey: 'APIkey', apiSecret: 's'.repeat(32) };
const { receive } = livekitWebhookReceiver(connection);
const rawBody = JSON.stringify({
  event: 'participant_left',
  id: 'EV_1',
  createdAt: '1732150000',
  room: { name: 'call_1' },
  participant: { identity: 'callee', disconnectReason: 'USER_REJECTED' },
});

/** As livekit-server signs: a JWT of our key with the hash of the raw body. */
async function sign(body: string, secret = connection.apiSecret): Promise<string> {
  const token = new AccessToken(connection.apiKey, secret, { ttl: 300 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
}

test('a signed webhook is read', async () => {
  const event = await receive({ rawBody, authorization: await sign(rawBody) });
  expect(event).toMatchObject({ event: 'participant_left', id: 'EV_1', room: { name: 'call_1' } });
  expect(event.participant?.disconnectReason).toBe(12);
});

test.each([
  ['with another body', async () => ({ rawBody: `${rawBody} `, authorization: await sign(rawBody) })],
  ['signed with another secret', async () => ({ rawBody, authorization: await sign(rawBody, 'x'.repeat(32)) })],
  ['without a signature', () => ({ rawBody, authorization: undefined })],
  ['with rubbish for a signature', () => ({ rawBody, authorization: 'rubbish' })],
])('a webhook %s is refused', async (_, request) => {
  await expect(receive(await request())).rejects.toMatchObject({ code: 'invalid_request', field: 'Authorization' });
});
