import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { runParley } from './running-parley.ts';

const tellsItsExitCodes = (verb: string) => new RegExp(`^parley ${verb}[\\s\\S]*Exit codes: 0 `);

test('--help prints the help of the verb', async () => {
  const help = runParley(['agents', '--help'], {});
  expect(await help.exit).toMatchObject({ code: 0 });
  expect(help.output()).toMatch(tellsItsExitCodes('agents'));
});

test.each(Object.entries(commands))('the help of parley %s tells its exit codes', async (verb, load) => {
  expect((await load()).help).toMatch(tellsItsExitCodes(verb));
});

test('--version prints the version', async () => {
  const asked = runParley(['--version'], {});
  expect(await asked.exit).toMatchObject({ code: 0 });
  expect(asked.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the overview names every verb', async () => {
  const overview = runParley(['--help'], {});
  await overview.exit;
  for (const verb of Object.keys(commands)) expect(overview.output()).toContain(`parley ${verb} `);
});

test.each([
  ['dial', '+14155550123', '--agent', 'reminder', '--url', 'http://127.0.0.1:1', '--key', 'k'],
  ['calls', '--url', 'http://127.0.0.1:1', '--key', 'k'],
  ['keys', 'list', '--url', 'http://127.0.0.1:1', '--key', 'k'],
])('parley %s says that no Parley runs there', async (...args) => {
  const asked = runParley(args, {});
  expect(await asked.exit).toMatchObject({ code: 1 });
  expect(asked.output()).toMatch(/No Parley answers at http:\/\/127\.0\.0\.1:1 .*`parley up`/);
});

test('a variable without a value is refused before anybody is called', async () => {
  const wrong = runParley(['dial', '+14155550123', '--agent', 'reminder', '--variable', 'customer', '--key', 'k'], {});
  expect(await wrong.exit).toMatchObject({ code: 1 });
  expect(wrong.output()).toContain('--variable customer has no value. Write it as --variable name=value.');
});

test('an unknown verb names those that exist', async () => {
  const wrong = runParley(['ring'], {});
  expect(await wrong.exit).toMatchObject({ code: 2 });
  expect(wrong.output()).toMatch(/there is no command "ring"[\s\S]*parley serve/);
});

test('an unknown option is answered with the help', async () => {
  const wrong = runParley(['agents', '--colour'], {});
  expect(await wrong.exit).toMatchObject({ code: 2 });
  expect(wrong.output()).toContain('--colour');
});

test('wrong settings are all reported at once', async () => {
  const wrong = runParley(['serve'], { PARLEY_PORT: 'x', PARLEY_LOG_LEVEL: 'loud' });
  expect(await wrong.exit).toMatchObject({ code: 1 });
  expect(wrong.output()).toMatch(/PARLEY_PORT=x is not valid[\s\S]*PARLEY_LOG_LEVEL=loud is not valid/);
});

test('serve and worker name the settings they lack', async () => {
  for (const verb of ['serve', 'worker']) {
    const wrong = runParley([verb], {});
    expect(await wrong.exit).toMatchObject({ code: 1 });
    expect(wrong.output()).toContain('DATABASE_URL and LIVEKIT_URL must be set');
  }
});

test('parley agents lists the files of the folder', async () => {
  const agents = runParley(['agents'], {});
  expect(await agents.exit).toMatchObject({ code: 0 });
  const names = readdirSync('agents').filter((file) => file.endsWith('.md') && file !== 'README.md');
  for (const file of names) expect(agents.output()).toContain(file.replace('.md', ''));
});
