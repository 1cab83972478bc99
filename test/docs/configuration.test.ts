import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';
import { settingsTable } from '../../scripts/settings-table.ts';

test('docs/configuration.md holds the table of the settings as they are', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toContain(settingsTable());
});

test('.env.example names every setting and no other', () => {
  const named = [...readFileSync('.env.example', 'utf8').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(
    (match) => match[1],
  );
  expect(new Set(named)).toEqual(new Set(Object.keys(settings)));
});

test('every wrong setting is reported at once, each with its cure', () => {
  const read = () => readConfig({ PARLEY_PORT: 'eighty', SIP_TRUNK_ID: 'TK123', LIVEKIT_URL: 'ws://localhost:7880' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PARLEY_PORT=eighty is not valid\. Use a free port/);
  expect(read).toThrow(/SIP_TRUNK_ID=TK123 is not valid\. Use a LiveKit trunk id, which starts with ST_/);
});

test('a LiveKit address without its key pair is refused', () => {
  expect(() => readConfig({ LIVEKIT_URL: 'ws://localhost:7880' })).toThrow(
    /LIVEKIT_API_KEY or LIVEKIT_API_SECRET is missing/,
  );
});

test('a secret never stands in the message about it', () => {
  const read = () => readConfig({ DATABASE_URL: 'mysql://root:hunter2@localhost/x' });
  expect(read).toThrow(/DATABASE_URL is not valid/);
  expect(read).not.toThrow(/hunter2/);
});

test('zero survives and an empty value counts as absent', () => {
  const config = readConfig({ PARLEY_DRAIN_SECONDS: '0', PARLEY_SPEND_PER_DAY_USD: '0', PARLEY_HOST: '' });
  expect(config).toMatchObject({ PARLEY_DRAIN_SECONDS: 0, PARLEY_SPEND_PER_DAY_USD: 0, PARLEY_HOST: '127.0.0.1' });
});

test('the ElevenLabs key is read from each of its usual names', () => {
  for (const name of ['ELEVENLABS_API_KEY', 'ELEVENLAB_API_KEY', 'ELEVEN_API_KEY'])
    expect(readConfig({ [name]: 'secret' }).providers['elevenlabs-tts']).toEqual({ apiKey: 'secret' });
});
