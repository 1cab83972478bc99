import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agents } from '../../src/commands/agents/agents.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { json, type Listening, listen } from '../fakes/http-double.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-tools-'));
let shop: Listening;
beforeAll(async () => {
  shop = await listen({
    request: (request, response) => json(response, 200, { state: 'sent', by: request.headers.authorization }),
  });
  writeFileSync(
    join(folder, 'shop.md'),
    `---
description: a
greeting: Hello.
variables: { region: null }
tools:
  - name: order-status
    description: Says where an order is.
    method: GET
    url: 'http://127.0.0.1:${shop.port}/{{region}}/{{number}}?key={{secret.SHOP_KEY}}'
    headers: { Authorization: 'Bearer {{secret.SHOP_KEY}}' }
    arguments: { number: The number. }
---
Be brief.
`,
  );
  writeFileSync(join(folder, 'secrets'), 'SHOP_KEY=of the file/1\nOTHER=x\n');
});
afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true });
});

async function run(
  positionals: string[],
  { variable = ['region=eu'], env = {} }: { variable?: string[]; env?: object } = {},
) {
  const out = new PassThrough();
  const settings = {
    PARLEY_AGENTS_DIR: folder,
    PARLEY_TOOL_PRIVATE_HOSTS: '127.0.0.1',
    SHOP_KEY: 'hunter22/+',
    ...env,
  };
  const { signal } = new AbortController();
  const code = await agents.run({ config: readConfig(settings), positionals, values: { variable }, signal, out });
  return { code, said: String(out.read() ?? '') };
}

test('test-tool runs the tool for real and shows no secret', async () => {
  const { code, said } = await run(['test-tool', 'shop', 'order_status', '{"number": "4 7"}']);
  expect(code).toBe(0);
  expect(said).toContain(`GET http://127.0.0.1:${shop.port}/eu/4%207?key=[secret]`);
  expect(said).toMatch(/done, status 200, after \d+ ms/);
  expect(said).toContain('"by": "Bearer [secret]"');
  expect(said).not.toContain('hunter22');
});

test.each<[about: string, args: string[], variable: string[], says: string]>([
  ['no agent', [], [], 'There is no agent named. The agents are shop.'],
  ['another agent', ['shopp', 'x'], [], 'There is no agent "shopp". The agents are shop.'],
  ['another tool', ['shop', 'orders'], [], 'shop describes no tool "orders". Its own are order-status.'],
  ['no JSON', ['shop', 'order-status', 'number=4'], [], 'The arguments must be a JSON object in quotes'],
  ['too little', ['shop', 'order-status', '{}'], ['region=eu'], "must have required property 'number'"],
  ['no variable', ['shop', 'order-status', '{"number":"1"}'], [], 'or here as --variable name=value'],
  [
    'a variable that is none',
    ['shop', 'order-status', '{"number":"1"}'],
    ['region'],
    '--variable region is not of the form',
  ],
  ['too much', ['shop', 'order-status', '{}', 'more'], [], 'has no command'],
])('with %s it says what is wanted', async (_about, args, variable, says) => {
  const { code, said } = await run(['test-tool', ...args], { variable });
  expect([code, said]).toEqual([2, expect.stringContaining(says)]);
});

test('a secret comes from the environment, or else from the file of secrets', async () => {
  const file = { PARLEY_SECRETS_FILE: join(folder, 'secrets') };
  expect(readConfig({ ...file, SHOP_KEY: 'of the environment' }).secrets).toMatchObject({
    SHOP_KEY: 'of the environment',
    OTHER: 'x',
  });
  expect(readConfig(file).secrets).toMatchObject({ SHOP_KEY: 'of the file/1' });
  expect(
    (await run(['test-tool', 'shop', 'order-status', '{"number":"1"}'], { env: { ...file, SHOP_KEY: '' } })).said,
  ).toContain('Bearer [secret]');
  expect((await run([], { env: { SHOP_KEY: '' } })).said).toMatch(/shop\.md:9 tools\[0\]\.url: .*no secret SHOP_KEY/);
});

test('settings of Parley are no secrets, and a file that is not there is told', () => {
  const url = 'postgresql://parley:hunter2@localhost/x';
  expect(readConfig({ DATABASE_URL: url, LIVEKIT_API_SECRET: 'a' }).secrets).toEqual({});
  const read = () => readConfig({ PARLEY_SECRETS_FILE: '/no/such/file' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PARLEY_SECRETS_FILE=\/no\/such\/file cannot be read \(ENOENT\)/);
});
