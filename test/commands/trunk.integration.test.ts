import { afterAll, beforeAll, expect, test } from 'vitest';
import { trunk } from '../../src/commands/calls/trunk.ts';
import { readConfig } from '../../src/config.ts';
import { parseArgs } from 'node:util';
import { PassThrough } from 'node:stream';
import { type SipDouble, startSipDouble } from '../fakes/sip-double.ts';
import { livekit } from '../setup/servers.ts';

let sip: SipDouble;
beforeAll(async () => {
  sip = await startSipDouble(livekit());
});
afterAll(() => sip.close());

/** `parley trunk …`, as a terminal shows it. */
async function run(line: string, env: Record<string, string> = {}) {
  const { apiKey, apiSecret } = livekit();
  const config = readConfig({ LIVEKIT_URL: sip.url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, ...env });
  const { values, positionals } = parseArgs({ args: line.split(' '), options: trunk.options, allowPositionals: true });
  const out = new PassThrough();
  let said = '';
  out.on('data', (piece: Buffer) => (said += piece.toString()));
  const signal = new AbortController().signal;
  const code = await trunk.run({ config, values, positionals, signal, out }).catch((error: Error) => {
    said += error.message;
    return 1;
  });
  return { code, said, id: /ST_\w+/.exec(said)?.[0] ?? '' };
}

const outbound = 'create-outbound --name twilio --address you.pstn.twilio.com --number +14155550100';
const inbound = 'create-inbound --name desk --number +14155550101';

test('an outbound trunk is made, tells what to set, is listed and deleted', async () => {
  const made = await run(`${outbound} --number +14155550102 --username u --password p --transport tls`);
  expect(made).toMatchObject({ code: 0, id: expect.stringMatching(/^ST_/) });
  expect(made.said).toContain(`SIP_TRUNK_ID=${made.id}\n  SIP_FROM_NUMBER=+14155550100`);
  const listed = await run('list');
  expect(listed.said).toMatch(
    new RegExp(`${made.id} +outbound +twilio +\\+14155550100, \\+14155550102 +via you\\.pstn\\.twilio\\.com`),
  );
  expect(listed.said).not.toContain('--');
  expect(await run(`delete ${made.id}`)).toMatchObject({ code: 0 });
  expect((await run('list')).said).toMatch(/There is no trunk/);
});

test('an inbound trunk is answered by its agent, and then by another', async () => {
  const made = await run(`${inbound} --agent receptionist --allow-address 54.172.60.0/30`);
  expect(made).toMatchObject({ code: 0, said: expect.stringMatching(/\+14155550101 +answered by receptionist/) });
  const changed = await run(`rule ${made.id} --agent reminder`);
  expect(changed).toMatchObject({ code: 0, said: expect.stringMatching(/answered by reminder/) });
  expect((await run('list')).said).toMatch(/answered by reminder/);
  await run(`delete ${made.id}`);
});

test('a trunk without a rule is shown as answered by nobody, and gets one', async () => {
  const { id } = await run(`${inbound} --agent receptionist`);
  const { said } = await run('list', { PARLEY_AGENT_NAME: 'somebody-else' });
  expect(said).toMatch(/answered by nobody/);
  await run(`delete ${id}`);
});

test.each([
  ['nothing', '', /parley trunk list/],
  ['another verb', 'remove ST_x', /no `parley trunk remove`/],
  ['no number', 'create-outbound --name x --address y.example.com', /--number is missing/],
  ['a wrong number', `${outbound} --number 12`, /--number 12: /],
  ['no address', 'create-outbound --name x --number +14155550100', /--address is missing/],
  ['a user name alone', `${outbound} --username u`, /belong together/],
  ['another transport', `${outbound} --transport carrier-pigeon`, /auto, udp, tcp or tls/],
  ['the id of a Twilio trunk', 'delete TK0123456789abcdef', /start with ST_ .*Twilio/],
  ['no id', 'rule --agent receptionist', /id of the trunk is missing/],
])('%s is answered with what to write instead, and exit code 2', async (_what, line, says) => {
  const { code, said } = await run(line);
  expect({ code, said }).toEqual({ code: 2, said: expect.stringMatching(says) });
});

test.each([
  ['an agent without a file', `${inbound} --agent recepcionist`, /no agent "recepcionist".*receptionist/s],
  ['a trunk that LiveKit does not have', 'delete ST_gone', /has no trunk ST_gone/],
  ['no host of a carrier', outbound.replace('you.pstn', 'sip:me@you'), /Use its host, such as/],
])('%s is refused by name, and exit code 1', async (_what, line, says) => {
  const { code, said } = await run(line);
  expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(says) });
  expect((await run('list')).said).toMatch(/There is no trunk/);
});

test('without a SIP service, a server or a setting it says what to do', async () => {
  expect(await run('list', { LIVEKIT_URL: livekit().url })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/Redis and livekit-sip/),
  });
  expect(await run('list', { LIVEKIT_URL: 'ws://127.0.0.1:9' })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/Check LIVEKIT_URL/),
  });
  expect(await run('list', { LIVEKIT_URL: '' })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/Set LIVEKIT_URL/),
  });
});
