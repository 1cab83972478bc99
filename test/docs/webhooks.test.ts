import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { webhookEventTypes } from '../../src/http/shapes/dispatch-fields.ts';

const root = new URL('../..', import.meta.url).pathname;
const text = await readFile(join(root, 'docs/webhooks.md'), 'utf8');

test('docs/webhooks.md lists every event that can be asked for, and no other', () => {
  const listed = [...text.matchAll(/^\| `(call\.\w+)` \|/gm)].map(([, type]) => type);
  expect(new Set(listed)).toEqual(new Set(webhookEventTypes));
});

test('the receiver of docs/webhooks.md takes what is signed with its secret, and nothing else', async () => {
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  await mkdir(join(root, '.parley'), { recursive: true });
  // Within the project, where the library is found.
  const folder = await mkdtemp(join(root, '.parley/receiver-'));
  const file = join(folder, 'receiver.mjs');
  await writeFile(file, code);
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const port = await freePort();
  const receiver = spawn(process.execPath, [file], {
    env: { WEBHOOK_SECRET: secret, PORT: `${port}` },
    stdio: 'ignore',
  });
  try {
    const body = '{"type":"call.ended","call_id":"call_1"}';
    const send = (signedWith: string) => {
      const now = new Date();
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
        'webhook-signature': new Webhook(signedWith).sign('msg_1', now, body),
      };
      return fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body }).then(({ status }) => status);
    };
    await expect.poll(() => send(secret).catch(() => 0), { timeout: 10_000 }).toBe(204);
    expect(await send('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD')).toBe(401);
  } finally {
    receiver.kill();
    await rm(folder, { recursive: true });
  }
});

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
