import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version as sdkVersion } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPlugin, checkProvider, installedPlugins } from '../../../pipelines/index.ts';
import { startRegistryDouble } from '../../fakes/registry-double.ts';

const voice = '@livekit/agents-plugin-voice';
const base = '@livekit/agents-plugin-base';
const code = `import { tts } from '@livekit/agents';
import { rateHz } from '${base}';
export const languages = ['en'];
export class TTS extends tts.TTS {
  constructor(options) {
    super(rateHz, 1, { streaming: false });
    if (!options.apiKey) throw new Error('apiKey is missing');
  }
}`;
const peer = (range: string) => ({ peerDependencies: { '@livekit/agents': range, zod: '^3.25.76 || ^4.1.8' } });
/** Another plugin, which shares the SDK too. */
const onBase = {
  peerDependencies: {
    ...peer(sdkVersion).peerDependencies,
    [base]: sdkVersion,
    'not-there': '1.0.0',
    '--ignore-scripts=false': '1.0.0',
  },
  peerDependenciesMeta: { 'not-there': { optional: true } },
};

let folder: string;
let registry: Awaited<ReturnType<typeof startRegistryDouble>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
  const scripts = { postinstall: `touch ${join(folder, 'script-ran')}` };
  registry = await startRegistryDouble({
    [voice]: {
      [sdkVersion]: { code, manifest: { ...onBase, scripts } },
      '2.0.0': { code, manifest: peer('2.0.0') },
    },
    [base]: { [sdkVersion]: { code: 'export const rateHz = 24000;', manifest: peer(sdkVersion) } },
    'left-alone': { '1.0.0': {} },
    'says-nothing': { '1.0.0': { code: 'export const a = 1;', manifest: peer('^1.0.0') } },
  });
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

const add = (wanted: string) =>
  addPlugin({
    wanted,
    folder,
    environment: {
      ...process.env,
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'cache'),
      npm_config_update_notifier: 'false',
    },
  });

test('a plugin is installed at the version that was made for this SDK, without its scripts, and can be a stage', async () => {
  expect(await add(voice)).toEqual({ packageName: voice, version: sdkVersion, classes: ['TTS'] });
  const version = sdkVersion;
  expect(await installedPlugins(folder)).toEqual([base, voice].map((packageName) => ({ packageName, version })));
  expect(existsSync(join(folder, 'script-ran'))).toBe(false);
  const check = (options: Record<string, unknown>) =>
    checkProvider({ provider: `${voice}/tts`, options: { options } }, { settings: { plugins: { folder } } });
  expect(await check({ apiKey: 'key' })).toMatchObject({ ok: true });
  const { message } = await check({});
  expect(message).toContain(`${voice}/tts: the plugin does not start: apiKey is missing.`);
});

describe('what cannot be a stage is refused in one sentence', () => {
  test.each([
    [`${voice}@2.0.0`, `version 2.0.0 is made for @livekit/agents 2.0.0, and this is ${sdkVersion}.`],
    ['left-alone', 'it is not a plugin of @livekit/agents. Use another package.'],
    ['says-nothing', 'it has no STT, LLM or TTS, so it cannot be a stage. Use another package.'],
    ['not-there', 'the registry has no such package. Correct its name.'],
    ['../elsewhere', 'this is not the name of a package.'],
  ])('%s', async (wanted, says) => {
    await expect(add(wanted)).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'not_configured',
      message: expect.stringContaining(says),
    });
  });
});
